import JSON

/// The `metadata.yaml` of a connector, by which the platform and `airbyte-lowcode image` know it.
struct MetadataFile: Sendable {
  let files: ConnectorFiles

  var text: String {
    var data = CommentedYAML()
    data.add("name", .string(files.names.title))
    data.add(
      "definitionId", .string(files.names.identifier), comments: ["Identifies the connector, whatever it is called: keep it."])
    data.add("connectorType", "source")
    data.add("connectorSubtype", "api")
    data.add("dockerRepository", .string("airbyte/\(files.names.source)"))
    data.add("dockerImageTag", "0.1.0", comments: ["The version of the connector. Raise it with each change."])
    data.add("license", "MIT")
    data.add("icon", "icon.svg")
    data.add(
      "documentationUrl",
      .string(files.documentation ?? "https://docs.airbyte.com/integrations/sources/\(files.names.slug)"))
    data.add("githubIssueLabel", .string(files.names.source))
    data.add("releaseStage", "alpha")
    data.add("supportLevel", "community")
    data.add("tags", .array(files.tags.map { .string($0) }))
    var hosts = CommentedYAML()
    hosts.add("hosts", .array(files.hosts.map { .string($0) }))
    data.add("allowedHosts", hosts, comments: ["The connector may reach these hosts and no others."])
    data.add("registryOverrides", ["oss": ["enabled": false], "cloud": ["enabled": false]])
    data.add("remoteRegistries", ["pypi": ["enabled": false]])
    data.add("suggestedStreams", ["streams": .array(files.streams.map { .string($0.name) })])
    var yaml = CommentedYAML()
    yaml.add("metadataSpecVersion", "1.0")
    yaml.add("data", data)
    return yaml.lines().joined(separator: "\n") + "\n"
  }
}

/// A picture for lists of connectors: the initials on a coloured ground, to be replaced by a real one.
struct IconFile: Sendable {
  let names: ConnectorNames

  var text: String {
    let words = names.slug.split(separator: "-")
    let initials = words.count > 1 ? words.prefix(2).map { $0.prefix(1) }.joined() : String(words.first?.prefix(2) ?? "")
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="250" height="250" viewBox="0 0 250 250" role="img" aria-label="\(Self.escaped(names.title))">
        <rect width="250" height="250" rx="48" fill="hsl(\(names.hue), 55%, 42%)"/>
        <text x="125" y="160" text-anchor="middle" font-family="Helvetica, Arial, sans-serif" font-size="100" font-weight="bold" fill="#fff">\(initials.uppercased())</text>
      </svg>

      """
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
  }
}
