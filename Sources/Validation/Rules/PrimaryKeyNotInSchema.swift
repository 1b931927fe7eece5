import Components
import Manifest

/// A primary key that the schema does not have cannot be used by destinations, or is misspelt.
struct PrimaryKeyNotInSchema: Rule {
  static let name = "primary-key-not-in-schema"
  static let summary = "The schema of a stream does not have a field of its primary key."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for stream in subject.components("DeclarativeStream") {
      for (path, node) in stream.primaryKey { stream.warnOfMissing(path, "is in the primary key", at: node, &findings) }
    }
  }
}

/// Lists and objects cannot distinguish rows. Airbyte's connector tests refuse them.
struct PrimaryKeyType: Rule {
  static let name = "primary-key-type"
  static let summary = "A field of a primary key is a list or an object by its schema."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for stream in subject.components("DeclarativeStream") {
      for (path, node) in stream.primaryKey {
        guard let field = stream.inlineSchema?.property(path),
          let type = SchemaTree.types(of: field).first(where: { ["object", "array"].contains($0) })
        else { continue }
        findings.warn(
          "`\(path.joined(separator: "."))` of the primary key is of type `\(type)`, which cannot distinguish rows",
          at: node,
          related: [.init("the field in the schema", at: field.keyMark)])
      }
    }
  }
}

extension ComponentVisit {
  /// The paths of a stream's primary key, and where each is written.
  fileprivate var primaryKey: [(path: [String], node: ManifestNode)] {
    guard let key = self["primary_key"] else { return [] }
    let fields = key.string == nil ? key.sequence ?? [] : [key]
    return fields.map { field in (field.sequence?.compactMap(\.string) ?? field.string.map { [$0] } ?? [], field) }
  }
}
