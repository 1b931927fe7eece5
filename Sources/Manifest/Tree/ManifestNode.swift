import JSON
import JSONSchema
import OrderedCollections
import YAML

/// A value of a resolved manifest in one of its places, which knows where it was written: what each component decodes itself from.
///
/// Cheap to copy and to walk: values that a manifest repeats by reference are shared, and paths are put together on demand.
public struct ManifestNode: Sendable {
  package typealias Mapping = OrderedDictionary<String, ManifestNode>

  package enum Content: Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    /// A number that neither 64 bits nor a double hold, by its digits.
    case number(String)
    /// A string, or a date or time without quotes in the form of Python's `isoformat()`.
    case string(String)
    case sequence([ManifestNode])
    case mapping(Mapping)
  }

  package let stored: ManifestValue
  private let place: ManifestPath

  package init(_ value: ManifestValue, at place: ManifestPath = .root) {
    stored = value
    self.place = place
  }

  /// A node made by hand: for values that are derived from a manifest, and for tests.
  package init(_ content: Content, mark: SourceMark? = nil, reference: SourceMark? = nil, path: String = "") {
    let inner: ManifestValue.Content =
      switch content {
      case .null: .null
      case .bool(let flag): .bool(flag)
      case .int(let number): .int(number)
      case .double(let number): .double(number)
      case .number(let digits): .number(digits)
      case .string(let text): .string(text)
      case .sequence(let nodes): .sequence(nodes.map(\.stored))
      case .mapping(let nodes):
        .mapping(
          ManifestMapping(nodes.map { ManifestEntry(key: $0.key, keyMark: $0.value.place.keyMark, value: $0.value.stored) }))
      }
    self.init(
      ManifestValue(inner, mark: mark, reference: reference),
      at: path.isEmpty ? .root : ManifestPath(start: path))
  }

  package var content: Content {
    switch stored.content {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .int(let number): .int(number)
    case .double(let number): .double(number)
    case .number(let digits): .number(digits)
    case .string(let text): .string(text)
    case .timestamp(let timestamp): .string(timestamp.isoText)
    case .sequence: .sequence(sequence ?? [])
    case .mapping: .mapping(mapping ?? [:])
    }
  }

  /// Where the value is (for a value that came through a `$ref`: in the definition); nil for values made by the pipeline.
  public var mark: SourceMark? { stored.mark }
  /// Where the key of this value is.
  package var keyMark: SourceMark? { place.keyMark }
  /// Where the `$ref` was that brought this value, or the nearest one around it, into its place.
  package var referenceMark: SourceMark? { stored.reference ?? place.reference }
  /// The place in the resolved manifest, as in `streams[3].retriever.paginator.page_size`.
  public var path: String { place.text }
  /// The same for people, with long keys cut.
  package var shownPath: String { place.shownText }
  package var elements: [PathElement] { place.elements }
  /// The last key of the path; nil at the root.
  package var key: String? { place.lastKey }

  /// The values of a mapping by their keys, in order; nil for anything else.
  package var mapping: Mapping? {
    guard let mapping = stored.mapping else { return nil }
    return Mapping(
      mapping.entries.map { ($0.key, ManifestNode($0.value, at: place.appending($0))) }, uniquingKeysWith: { $1 })
  }

  /// The elements of a list, in order; nil for anything else.
  public var sequence: [ManifestNode]? {
    guard case .sequence(let values) = stored.content else { return nil }
    return values.enumerated().map { ManifestNode($0.element, at: place.appending($0.offset, $0.element)) }
  }

  /// The text of a string, or of an unquoted date.
  public var string: String? {
    switch stored.content {
    case .string(let text): text
    case .timestamp(let timestamp): timestamp.isoText
    default: nil
    }
  }

  /// An integer; nil for anything else.
  public var int: Int? { if case .int(let number) = stored.content { number } else { nil } }
  /// A truth value; nil for anything else.
  public var bool: Bool? { if case .bool(let flag) = stored.content { flag } else { nil } }
  /// Whether this is a mapping.
  public var isMapping: Bool { stored.mapping != nil }
  /// The number of entries or elements; 0 of a value that has neither.
  public var count: Int {
    switch stored.content {
    case .mapping(let mapping): mapping.entries.count
    case .sequence(let elements): elements.count
    default: 0
    }
  }

  /// Whether this is null.
  public var isNull: Bool { if case .null = stored.content { true } else { false } }

  /// An integer or a number with a fraction.
  public var double: Double? {
    switch stored.content {
    case .int(let number): Double(number)
    case .double(let number): number
    case .number(let digits): Double(digits)
    default: nil
    }
  }

  /// The value of `key`, where this is a mapping that has it.
  public subscript(key: String) -> ManifestNode? {
    guard let mapping = stored.mapping, let index = mapping.place(of: key) else { return nil }
    let entry = mapping.entries[index]
    return ManifestNode(entry.value, at: place.appending(entry))
  }

  /// The element at `index`, where this is a list that has it.
  public subscript(index: Int) -> ManifestNode? {
    guard case .sequence(let values) = stored.content, values.indices.contains(index) else { return nil }
    return ManifestNode(values[index], at: place.appending(index, values[index]))
  }

  /// The entries of a mapping in order, those included whose keys are the same but for their type; nil for anything else.
  public var entries: [(key: String, node: ManifestNode)]? {
    stored.mapping?.entries.map { ($0.key, ManifestNode($0.value, at: place.appending($0))) }
  }

  /// The same component without one of its properties.
  package func removing(_ key: String) -> ManifestNode {
    guard let mapping = stored.mapping else { return self }
    return ManifestNode(stored.with(.mapping(ManifestMapping(mapping.entries.filter { $0.key != key }))), at: place)
  }

  /// The same for all places that one value was brought to by references.
  package var identity: ObjectIdentifier { stored.identity }

  /// The same value without places.
  public var value: JSONValue { stored.json }

  /// The kind of the value with an article, for sentences: "a list", "an integer", …
  package var kindName: String { stored.kindName }
}
