import JSON

/// The `acceptance-test-config.yml` of a connector.
struct AcceptanceFile: Sendable {
  let files: ConnectorFiles

  private static let config: JSONValue = ["config_path": "secrets/config.json"]

  private static func section(_ entry: JSONValue) -> CommentedYAML {
    var yaml = CommentedYAML()
    yaml.add("tests", .list([mapping(entry)]))
    return yaml
  }

  private static func mapping(_ entry: JSONValue) -> CommentedYAML {
    var yaml = CommentedYAML()
    for (key, value) in entry.object ?? [:] { yaml.add(key, value) }
    return yaml
  }

  var text: String {
    var tests = CommentedYAML()
    tests.add("spec", Self.section(Self.config))
    tests.add("connection", Self.section(["config_path": "secrets/config.json", "status": "succeed"]))
    tests.add("discovery", Self.section(Self.config))
    tests.add("basic_read", Self.section(Self.config))
    tests.add("full_refresh", Self.section(Self.config))
    if files.streams.contains(where: { $0.cursorField != nil }) { tests.add("incremental", Self.section(Self.config)) }
    var attributes = Self.config.object ?? [:]
    let keyless = files.streams.filter(\.primaryKey.isEmpty).map(\.name)
    if !keyless.isEmpty {
      attributes["streams_without_primary_key"] = .array(
        keyless.map { ["name": .string($0), "bypass_reason": "its records have no known primary key"] })
    }
    tests.add("connector_attributes", Self.section(.object(attributes)))
    var yaml = CommentedYAML()
    yaml.add("connector_image", .string("airbyte/\(files.names.source):dev"))
    yaml.add("test_strictness_level", "low")
    yaml.add("acceptance_tests", tests)
    let head = CommentText.lines(
      "Tests that read the API: `airbyte-lowcode test`, or `airbyte-lowcode test --mock` without credentials.", indent: 0)
    return (head + yaml.lines()).joined(separator: "\n") + "\n"
  }
}
