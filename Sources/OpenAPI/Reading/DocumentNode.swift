import JSON
import Manifest
import YAML

/// A value of an OpenAPI document in its file, with the place where it was written.
package struct DocumentNode: Sendable {
  package let value: ManifestValue
  /// Where the key of this value is; nil for elements of lists and for a file's root.
  package let keyMark: SourceMark?
  /// The key that the value has; nil for elements of lists and for a file's root.
  package let key: String?
  /// The file's path from the document's folder, by which its references are followed.
  let file: String

  init(_ value: ManifestValue, key: String? = nil, keyMark: SourceMark? = nil, file: String) {
    self.value = value
    self.key = key
    self.keyMark = keyMark
    self.file = file
  }

  /// Where it was written: its key, or else the value; nil for a document whose places are not known.
  package var mark: SourceMark? { keyMark ?? value.mark }

  /// What distinguishes values.
  var identity: ObjectIdentifier { ObjectIdentifier(value) }

  package subscript(key: String) -> DocumentNode? {
    guard let mapping = value.mapping, let place = mapping.place(of: key) else { return nil }
    return child(mapping.entries[place])
  }

  /// The entries of a mapping, in order; none for anything else.
  package var entries: [(key: String, node: DocumentNode)] {
    value.mapping?.entries.map { ($0.key, child($0)) } ?? []
  }

  /// The elements of a list, in order; none for anything else.
  package var elements: [DocumentNode] {
    guard case .sequence(let values) = value.content else { return [] }
    return values.map { DocumentNode($0, file: file) }
  }

  package var isMapping: Bool { value.mapping != nil }
  package var isList: Bool { if case .sequence = value.content { true } else { false } }
  package var bool: Bool? { if case .bool(let flag) = value.content { flag } else { nil } }
  package var int: Int? {
    switch value.content {
    case .int(let number): number
    case .double(let number): Int(exactly: number)
    default: nil
    }
  }

  /// The text of a string or of a date, or the digits of a number, which versions and defaults are often written as.
  package var text: String? {
    switch value.content {
    case .string(let text): text
    case .timestamp(let timestamp): timestamp.isoText
    case .int(let number): String(number)
    case .double(let number): String(number)
    case .number(let digits): digits
    default: nil
    }
  }

  package var json: JSONValue { value.json }

  private func child(_ entry: ManifestEntry) -> DocumentNode {
    DocumentNode(entry.value, key: entry.key, keyMark: entry.keyMark, file: file)
  }
}
