import JSON

/// Gives the scalars of a generated stream the type of their place: an identifier that was evaluated to a number is a text again
/// where the schema wants one. The reference's models do so.
///
/// They refuse a date, though, which is what YAML makes of `2025-01-02`.
enum GeneratedScalars {
  /// How deep values are followed.
  private static let maximumDepth = 200

  /// - Throws: ``ConnectorError`` for a date where a text should be.
  static func fitted(_ value: ManifestValue) throws -> ManifestValue { try component(value, 0) }

  private static func component(_ value: ManifestValue, _ depth: Int) throws -> ManifestValue {
    guard depth < maximumDepth, let mapping = value.mapping else { return value }
    guard let type = mapping["type"]?.string, let properties = ComponentSchema.properties(of: type) else { return value }
    var isChanged = false
    let entries = try mapping.entries.map { entry in
      guard let schema = properties[entry.key] else { return entry }
      let fitted = try fit(entry.value, schema, depth + 1)
      if fitted !== entry.value { isChanged = true }
      return entry.with(fitted)
    }
    return isChanged ? value.with(.mapping(ManifestMapping(entries))) : value
  }

  private static func fit(_ value: ManifestValue, _ schema: JSONValue, _ depth: Int) throws -> ManifestValue {
    guard depth < maximumDepth else { return value }
    let branches = branches(of: schema)
    switch value.content {
    case .int, .number, .double, .bool:
      let accepted = acceptedTypes(value)
      let types = branches.flatMap(types)
      guard types.contains("string"), !types.contains(where: accepted.contains) else { return value }
      return value.with(.string(PythonStrings.str(value.json)))
    case .timestamp(let timestamp):
      guard !branches.isEmpty, branches.flatMap(types).allSatisfy({ $0 == "string" }) else { return value }
      throw ConnectorError(
        .system,
        "A text should be here, but YAML reads \(timestamp.isoText) as a date; give the mapping a `value_type` of string.",
        location: value.mark.map { SourceLocation($0) })
    case .sequence(let elements):
      guard let items = branches.first(where: { types($0).contains("array") && $0["items"] != nil })?["items"] else {
        return value
      }
      let fitted = try elements.map { try fit($0, items, depth + 1) }
      return zip(fitted, elements).allSatisfy(===) ? value : value.with(.sequence(fitted))
    case .mapping(let mapping):
      if mapping["type"]?.string.map({ ComponentSchema.definition($0) != nil }) == true { return try component(value, depth) }
      guard let members = branches.first(where: { $0["additionalProperties"]?.object != nil })?["additionalProperties"] else {
        return value
      }
      let entries = try mapping.entries.map { $0.with(try fit($0.value, members, depth + 1)) }
      return zip(entries, mapping.entries).allSatisfy { $0.value === $1.value }
        ? value : value.with(.mapping(ManifestMapping(entries)))
    default: return value
    }
  }

  /// The alternatives of a schema, references followed.
  private static func branches(of schema: JSONValue) -> [JSONValue] {
    if let reference = schema["$ref"]?.string { return ComponentSchema.resolve(reference).map { branches(of: $0) } ?? [] }
    let alternatives = (schema["anyOf"]?.array ?? []) + (schema["oneOf"]?.array ?? [])
    return alternatives.isEmpty ? [schema] : alternatives.flatMap { branches(of: $0) }
  }

  private static func types(_ schema: JSONValue) -> [String] {
    if let type = schema["type"]?.string { return [type] }
    let list = schema["type"]?.array?.compactMap(\.string) ?? []
    // Without a type everything fits.
    return list.isEmpty && schema["enum"] == nil ? ["integer", "number", "boolean"] : list
  }

  private static func acceptedTypes(_ value: ManifestValue) -> [String] {
    switch value.content {
    case .bool: ["boolean"]
    case .int, .number: ["integer", "number"]
    default: ["number"]
    }
  }
}
