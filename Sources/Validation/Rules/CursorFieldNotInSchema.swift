import LowCode

/// A cursor field that the schema does not have may be dropped by destinations, or be misspelt.
struct CursorFieldNotInSchema: Rule {
  static let name = "cursor-field-not-in-schema"
  static let summary = "The schema of a stream does not have its cursor field."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for stream in subject.components("DeclarativeStream") {
      guard let cursor = stream["incremental_sync"], cursor["type"]?.string?.hasPrefix("Custom") == false,
        let field = cursor["cursor_field"], let name = field.string, !name.isEmpty, !name.contains("{"),
        let schema = stream.inlineSchema, schema.hasProperty([name]) == false
      else { continue }
      let names = schema.root["properties"]?.mapping.map { Array($0.keys) } ?? []
      let near = NameSuggestion.nearest(to: name, among: names)
      let stream = stream["name"]?.string.map { "the schema of `\($0)`" } ?? "the stream's schema"
      findings.warn(
        "\(stream) has no property `\(name)`, which is the cursor field", at: field,
        remedy: near.map { "did you mean `\($0)`?" },
        related: [.init("the schema", at: schema.root["properties"]?.keyMark ?? schema.root.mark)])
    }
  }
}
