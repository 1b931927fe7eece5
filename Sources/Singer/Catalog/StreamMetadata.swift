import JSON

/// What a tap's catalog says of a stream and of its fields: a list of objects, each with the path in the schema that it is about.
struct StreamMetadata: Sendable {
  /// One entry of the list.
  struct Entry: Sendable {
    /// The path in the schema, as in `["properties", "id"]`; empty for the stream.
    var breadcrumb: [String]
    var values: JSONObject
  }

  private(set) var entries: [Entry]

  /// - Parameter list: the member `metadata` of the stream's entry.
  init(_ list: JSONValue?) {
    entries = (list?.array ?? []).compactMap { entry in
      guard let values = entry["metadata"]?.object, let breadcrumb = entry["breadcrumb"]?.array else { return nil }
      return Entry(breadcrumb: breadcrumb.compactMap(\.string), values: values)
    }
  }

  /// The list, as a catalog has it.
  var json: JSONValue {
    .array(entries.map { ["breadcrumb": .array($0.breadcrumb.map { .string($0) }), "metadata": .object($0.values)] })
  }

  /// What is said of the stream itself.
  var stream: JSONObject { self[[]] }

  /// What is said of a place in the schema; setting it replaces that.
  subscript(breadcrumb: [String]) -> JSONObject {
    get { entries.first { $0.breadcrumb == breadcrumb }?.values ?? [:] }
    set {
      if let place = entries.firstIndex(where: { $0.breadcrumb == breadcrumb }) {
        entries[place].values = newValue
      } else {
        entries.append(Entry(breadcrumb: breadcrumb, values: newValue))
      }
    }
  }

  /// Whether the stream or a field is always there, can be chosen, or cannot be read.
  enum Inclusion: String, Sendable { case automatic, available, unsupported }

  func inclusion(of breadcrumb: [String]) -> Inclusion {
    self[breadcrumb]["inclusion"]?.string.flatMap { Inclusion(rawValue: $0.lowercased()) } ?? .available
  }

  /// Whether the stream is a table of a database, whose user chooses the cursor.
  var isOfTable: Bool {
    ["schema-name", "database-name", "is-view", "row-count"].contains { stream[$0] != nil }
      || entries.contains { $0.values["sql-datatype"] != nil }
  }
}
