import JSON
import OrderedCollections
import YAML

/// A value of a manifest and where it was written. Values are shared: one can be in many places of the resolved manifest.
///
/// ``ManifestNode`` is a value in one of its places.
package final class ManifestValue: Sendable {
  package enum Content: Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    /// An integer beyond 64 bits, by its digits.
    case number(String)
    case string(String)
    /// A date or a time, as YAML reads it because it is not in quotes.
    indirect case timestamp(YAMLTimestamp)
    case sequence([ManifestValue])
    case mapping(ManifestMapping)
  }

  package let content: Content
  /// Where the value was written; nil for a manifest that came as JSON, and for values that the pipeline made.
  package let mark: SourceMark?
  /// Where the reference was that brought the value into its place.
  package let reference: SourceMark?
  /// The original of this value, if a reference brought it.
  private let original: ManifestValue?

  package init(_ content: Content, mark: SourceMark? = nil, reference: SourceMark? = nil, original: ManifestValue? = nil) {
    self.content = content
    self.mark = mark
    self.reference = reference
    self.original = original
  }

  /// What distinguishes values when work on one of them is shared by all the places that it is brought to.
  package var identity: ObjectIdentifier { ObjectIdentifier(original ?? self) }

  /// The same value, brought into its place by the reference at `mark`.
  package func brought(by mark: SourceMark?) -> ManifestValue {
    mark == nil ? self : withReference(mark)
  }

  /// The same value with another reference, or with none.
  func withReference(_ reference: SourceMark?) -> ManifestValue {
    if reference == self.reference { return self }
    return ManifestValue(content, mark: mark, reference: reference, original: original ?? self)
  }

  package convenience init(json: JSONValue) {
    switch json {
    case .null: self.init(.null)
    case .bool(let flag): self.init(.bool(flag))
    case .int(let number): self.init(.int(number))
    case .double(let number): self.init(.double(number))
    case .number(let digits): self.init(.number(digits))
    case .string(let text): self.init(.string(text))
    case .array(let elements): self.init(.sequence(elements.map { ManifestValue(json: $0) }))
    case .object(let members):
      self.init(.mapping(ManifestMapping(members.map { ManifestEntry(key: $0.key, value: ManifestValue(json: $0.value)) })))
    }
  }

  package var mapping: ManifestMapping? { if case .mapping(let mapping) = content { mapping } else { nil } }
  package var string: String? { if case .string(let text) = content { text } else { nil } }

  /// Python's truth of the value: empty, zero and null are false.
  package var isTrue: Bool {
    switch content {
    case .null: false
    case .bool(let flag): flag
    case .int(let number): number != 0
    case .double(let number): number != 0
    case .number: true
    case .string(let text): !text.isEmpty
    case .timestamp: true
    case .sequence(let elements): !elements.isEmpty
    case .mapping(let mapping): !mapping.entries.isEmpty
    }
  }

  /// The value without places; times as the text of Python's `isoformat()`.
  package var json: JSONValue {
    switch content {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .int(let number): .int(number)
    case .double(let number): .double(number)
    case .number(let digits): .number(digits)
    case .string(let text): .string(text)
    case .timestamp(let timestamp): .string(timestamp.isoText)
    case .sequence(let elements): .array(elements.map(\.json))
    case .mapping(let mapping):
      .object(JSONObject(mapping.entries.map { ($0.key, $0.value.json) }, uniquingKeysWith: { $1 }))
    }
  }

  /// The kind of the value with an article, for sentences.
  package var kindName: String {
    switch content {
    case .null: "null"
    case .bool: "a boolean"
    case .int, .number: "an integer"
    case .double: "a number"
    case .string: "a string"
    case .timestamp(let timestamp): timestamp.time == nil ? "a date" : "a time"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}

/// A key of a mapping and its value.
package struct ManifestEntry: Sendable {
  package let key: String
  /// Where the key was written.
  package let keyMark: SourceMark?
  /// Whether the key was text; others are turned into text as JSON writes them (`true`, `1`, `null`).
  package let isText: Bool
  package let value: ManifestValue

  package init(key: String, keyMark: SourceMark? = nil, isText: Bool = true, value: ManifestValue) {
    self.key = key
    self.keyMark = keyMark
    self.isText = isText
    self.value = value
  }

  /// The same key with another value.
  package func with(_ value: ManifestValue) -> ManifestEntry {
    ManifestEntry(key: key, keyMark: keyMark, isText: isText, value: value)
  }
}

/// The entries of a mapping in order. Most mappings are small, so a key is searched, and only large ones have an index.
package struct ManifestMapping: Sendable {
  package let entries: [ManifestEntry]
  private let index: [Key: Int]?

  private struct Key: Hashable {
    let text: String
    let isText: Bool
  }

  package init(_ entries: [ManifestEntry]) {
    self.entries = entries
    guard entries.count > 16 else {
      index = nil
      return
    }
    index = Dictionary(
      entries.indices.lazy.map { (Key(text: entries[$0].key, isText: entries[$0].isText), $0) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The place of `key` among the entries; of keys that differ only in type the text counts.
  package func place(of key: String) -> Int? { place(of: key, isText: true) ?? place(of: key, isText: false) }

  /// The place of a key that is text, or of one that is written as JSON writes it.
  package func place(of key: String, isText: Bool) -> Int? {
    if let index { return index[Key(text: key, isText: isText)] }
    return entries.firstIndex { $0.isText == isText && $0.key == key }
  }

  package subscript(key: String) -> ManifestValue? { place(of: key).map { entries[$0].value } }
}
