import LowCode

/// A primary key that the schema does not have cannot be used by destinations, or is misspelt.
struct PrimaryKeyNotInSchema: Rule {
  static let name = "primary-key-not-in-schema"
  static let summary = "The schema of a stream does not have a field of its primary key."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for stream in subject.components("DeclarativeStream") {
      guard let key = stream["primary_key"], let schema = stream.inlineSchema else { continue }
      let fields = key.string == nil ? key.sequence ?? [] : [key]
      for field in fields {
        let path = field.sequence?.compactMap(\.string) ?? field.string.map { [$0] } ?? []
        guard !path.isEmpty, !path.contains(where: { $0.isEmpty || $0.contains("{") }), schema.hasProperty(path) == false else {
          continue
        }
        let name = path.joined(separator: ".")
        let names = schema.root["properties"]?.mapping.map { Array($0.keys) } ?? []
        let near = NameSuggestion.nearest(to: name, among: names)
        let stream = stream["name"]?.string.map { "the schema of `\($0)`" } ?? "the stream's schema"
        findings.warn(
          "\(stream) has no property `\(name)`, which is in the primary key", at: field,
          remedy: near.map { "did you mean `\($0)`?" },
          related: [.init("the schema", at: schema.root["properties"]?.keyMark ?? schema.root.mark)])
      }
    }
  }
}
