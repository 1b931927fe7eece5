import JSON

/// Writes what a connector's config looks like.
struct SpecWriter: Sendable {
  let description: ConnectorDescription
  let config: ConfigKeys
  let names: ConnectorNames

  var component: CommentedYAML {
    var specification = CommentedYAML()
    specification.add("$schema", "http://json-schema.org/draft-07/schema#")
    specification.add("title", .string("\(names.title) Spec"))
    specification.add("type", "object")
    specification.add("additionalProperties", true)
    specification.add("required", .array(config.fields.filter(\.isRequired).map { .string($0.key) }))
    var properties = CommentedYAML()
    for (order, field) in config.fields.enumerated() { properties.add(field.key, Self.property(field, order: order)) }
    specification.add("properties", properties)
    var spec = CommentedYAML(type: "Spec")
    if let documentation = description.documentation { spec.add("documentation_url", .string(documentation)) }
    let notes = description.notes.filter { $0.place == .config }.map(\.text)
    spec.add("connection_specification", specification, comments: notes)
    let authentication = AuthenticationWriter(
      authentication: description.authentication, config: config, baseAddress: description.baseAddress)
    if let flow = authentication.flow {
      spec.add("advanced_auth", flow, comments: ["How `airbyte-lowcode login` and the platform obtain the refresh token."])
    }
    return spec
  }

  private static func property(_ field: ConfigField, order: Int) -> CommentedYAML {
    var yaml = CommentedYAML()
    yaml.add("type", .string(field.type))
    yaml.add("title", .string(field.title ?? title(of: field.key)))
    if let explanation = field.explanation { yaml.add("description", .string(CommentText.plain(explanation))) }
    if field.type == "array" { yaml.add("items", ["type": "string"]) }
    if !field.values.isEmpty { yaml.add("enum", .array(unique(field.values))) }
    if let format = field.format { yaml.add("format", .string(format)) }
    if let pattern = field.pattern ?? field.format.flatMap({ patterns[$0] }) { yaml.add("pattern", .string(pattern)) }
    if let value = field.defaultValue { yaml.add("default", value) }
    if let example = field.example { yaml.add("examples", [example]) }
    yaml.add("order", .int(order))
    if field.isSecret { yaml.add("airbyte_secret", true) }
    return yaml
  }

  private static let patterns = [
    "date": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "date-time": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
  ]

  private static func unique(_ values: [JSONValue]) -> [JSONValue] {
    var seen: Set<JSONValue> = []
    return values.filter { seen.insert($0).inserted }
  }

  static func title(of key: String) -> String {
    ConnectorNames.words(of: key).enumerated().map { number, word in
      if ["id", "url", "api", "uri"].contains(word) { return word.uppercased() }
      return number == 0 ? word.prefix(1).uppercased() + word.dropFirst() : word
    }
    .joined(separator: " ")
  }
}
