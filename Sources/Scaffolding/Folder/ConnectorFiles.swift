import JSON

/// What a connector's folder has beside its manifest. All of it follows from the names, the config and the streams, so that it can be
/// made for a manifest that is there already.
package struct ConnectorFiles: Sendable {
  /// A stream as the files name it.
  package struct Stream: Sendable, Equatable {
    package var name: String
    /// Such as `GET /v1/authors`; nil if it is not one request.
    package var request: String?
    package var primaryKey: [String]
    package var cursorField: String?
    package var hasPartitions: Bool
    /// Whether its records are a job's result, which takes several requests.
    package var isJob: Bool

    package init(
      name: String, request: String? = nil, primaryKey: [String] = [], cursorField: String? = nil, hasPartitions: Bool = false,
      isJob: Bool = false
    ) {
      self.name = name
      self.request = request
      self.primaryKey = primaryKey
      self.cursorField = cursorField
      self.hasPartitions = hasPartitions
      self.isJob = isJob
    }
  }

  package var names: ConnectorNames
  package var summary: String?
  package var documentation: String?
  /// The hosts that requests go to, as the platform has them: `${field}` is a config field.
  package var hosts: [String]
  package var fields: [ConfigField]
  package var streams: [Stream]
  package var checkedStream: String?
  /// The path of the check's request where it can be refused for its credentials; nil if nothing is known of it.
  package var checkedPath: String?
  /// How users sign in, if a browser does that.
  package var hasSignIn: Bool
  /// What the connector is made of, as tags of its metadata.
  package var tags = ["language:manifest-only", "cdk:low-code"]

  package init(
    names: ConnectorNames, summary: String? = nil, documentation: String? = nil, hosts: [String], fields: [ConfigField],
    streams: [Stream], checkedStream: String?, checkedPath: String? = nil, hasSignIn: Bool = false
  ) {
    self.names = names
    self.summary = summary
    self.documentation = documentation
    self.hosts = hosts
    self.fields = fields
    self.streams = streams
    self.checkedStream = checkedStream
    self.checkedPath = checkedPath
    self.hasSignIn = hasSignIn
  }

  /// All files but the manifest.
  package var files: [ConnectorFolder.File] {
    [
      .init("metadata.yaml", MetadataFile(files: self).text), .init("icon.svg", IconFile(names: names).text),
      .init("README.md", ReadmeFile(files: self).text),
      .init("acceptance-test-config.yml", AcceptanceFile(files: self).text), .init("tests.yaml", TestsFile(files: self).text),
      .init(".github/workflows/ci.yml", WorkflowFile.text), .init("config.example.json", exampleConfig.text + "\n"),
      .init(".gitignore", Self.ignored),
    ]
  }

  static let ignored = """
    # Credentials, and what runs leave behind.
    secrets/
    config.json
    .env
    build/

    """

  /// A config with every required field, and without secrets.
  package var exampleConfig: ExampleConfig { ExampleConfig(fields: fields) }

  /// A list or an object of YAML on one line.
  static func flow(_ values: [String]) -> String {
    var yaml = CommentedYAML()
    yaml.add("x", .array(values.map { .string($0) }))
    return yaml.lines().map { $0.hasPrefix("x: ") ? String($0.dropFirst(3)) : $0 }.joined(separator: "\n")
  }
}

/// A config that shows what users fill in.
package struct ExampleConfig: Sendable {
  package let json: JSONObject

  init(fields: [ConfigField]) {
    var json: JSONObject = [:]
    for field in fields where field.isRequired || field.defaultValue != nil { json[field.key] = Self.value(field) }
    self.json = json
  }

  private static func value(_ field: ConfigField) -> JSONValue {
    if let value = field.defaultValue ?? field.example ?? field.values.first { return value }
    switch field.type {
    case "integer", "number": return 1
    case "boolean": return false
    case "array": return ["example"]
    default: break
    }
    switch field.format {
    case "date-time"?: return "2024-01-01T00:00:00Z"
    case "date"?: return "2024-01-01"
    case "uri"?: return "https://api.example.com"
    case "email"?: return "ada@example.com"
    default: break
    }
    let words = ConnectorNames.words(of: field.key)
    switch words.last ?? "" {
    case "url", "uri", "endpoint", "address": return "https://api.example.com"
    case "host", "hostname", "domain": return "api.example.com"
    case "email": return "ada@example.com"
    case "date": return "2024-01-01"
    default: return .string(field.isSecret ? "your-\(field.key.replacing("_", with: "-"))" : "example")
    }
  }

  /// The text of the file, a field a line.
  var text: String {
    guard !json.isEmpty else { return "{}" }
    let lines = json.map { key, value in "  \(JSONValue.string(key).jsonText): \(value.jsonText)" }
    return "{\n\(lines.joined(separator: ",\n"))\n}"
  }
}
