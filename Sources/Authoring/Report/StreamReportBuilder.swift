import Components
import ConnectorModel
import JSON

/// Puts what was counted of a stream beside its schema.
struct StreamReportBuilder {
  /// Masks secrets in a text.
  let hide: (String) -> String

  func report(_ tally: StreamTally) -> ReadReport.Stream {
    var stream = ReadReport.Stream(name: hide(tally.name))
    addFields(tally.fields, schema: tally.schema, to: &stream)
    if !tally.keyFields.isEmpty {
      let found = tally.keyFindings
      stream.keys = ReadReport.Keys(
        fields: tally.keyFields.map { hide($0.string) }, duplicates: found.duplicates, missing: found.missing,
        examples: found.examples.map(hide), remembered: found.known.count, isWhole: !found.known.isFull)
    }
    if let axis = tally.axis {
      let found = tally.cursorFindings
      stream.cursor = ReadReport.Cursor(
        field: hide(axis.field.string), findings: found, least: found.least.map(axis.text),
        greatest: found.greatest.map(axis.text),
        lookback: axis.lookback, known: tally.known.map(axis.text))
    }
    return stream
  }

  /// Puts the fields of records beside the schema that they should have.
  func addFields(_ counts: FieldCounts, schema: JSONObject, to stream: inout ReadReport.Stream) {
    addMembers(of: counts, declared: SchemaPlace(schema), under: "", depth: 0, to: &stream)
  }

  private func addMembers(
    of counts: FieldCounts, declared schema: SchemaPlace?, under path: String, depth: Int, to stream: inout ReadReport.Stream
  ) {
    let chances = counts[.object]
    let listed = schema.map(\.listsMembers) ?? false
    for (name, member) in counts.members {
      let inner = schema?.member(name)
      let isDeclared: Bool? = listed ? inner != nil : inner.map { _ in true }
      add(member, path + hide(name), chances, declared: inner, isDeclared, depth: depth, to: &stream)
    }
    guard chances > 0, let schema else { return }
    let seen = NameSet(counts.members.map(\.name))
    stream.neverSeen += schema.names.filter { !seen.contains($0) }.map { path + hide($0) }
  }

  private func add(
    _ counts: FieldCounts, _ path: String, _ chances: Int, declared schema: SchemaPlace?, _ isDeclared: Bool?,
    isElement: Bool = false,
    depth: Int, to stream: inout ReadReport.Stream
  ) {
    let types = Self.types(of: counts)
    stream.fields.append(
      ReadReport.Field(
        path: path, types: types, chances: chances, nulls: counts[.null], isDeclared: isDeclared,
        // Records lose their own nulls when they are written.
        unexpected: Self.unexpected(types.map(\.name).filter { depth > 0 || $0 != "null" }, schema?.types),
        others: counts.others, isElement: isElement))
    addMembers(of: counts, declared: schema, under: "\(path).", depth: depth + 1, to: &stream)
    if let elements = counts.elements.first {
      let inner = schema?.elements
      add(
        elements, "\(path)[]", elements.total, declared: inner, inner.map { _ in true }, isElement: true, depth: depth + 1,
        to: &stream)
    }
  }

  /// By the names of JSON schema, the most frequent one first.
  private static func types(of counts: FieldCounts) -> [(name: String, count: Int)] {
    let kinds: [(JSONKind, String)] = [
      (.null, "null"), (.bool, "boolean"), (.int, "integer"), (.double, "number"), (.string, "string"), (.array, "array"),
      (.object, "object"),
    ]
    return kinds.map { (name: $1, count: counts[$0]) }.filter { $0.count > 0 }.sorted { $0.count > $1.count }
  }

  private static func unexpected(_ types: [String], _ declared: Set<String>?) -> [String] {
    guard let declared else { return [] }
    return types.filter { !declared.contains($0) && !($0 == "integer" && declared.contains("number")) }
  }
}
