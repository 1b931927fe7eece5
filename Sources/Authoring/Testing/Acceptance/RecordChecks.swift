import JSON
import JSONSchema

/// Checks the records of a stream against the stream's schema, as `airbyte_cdk.test` and the tests before it do: whole numbers are written
/// without a fraction, times may have any usual form, and each record shares a field with the schema.
struct RecordChecks {
  private let schema: JSONSchema
  private let document: JSONValue
  /// The fields that a record of the schema can have.
  private let fields: Set<String>

  /// - Throws: ``JSONSchemaError`` if the schema is none.
  init(_ document: JSONValue) throws {
    // Each form of a time is checked here.
    schema = try JSONSchema(compiling: document)
    self.document = document
    fields = Self.fields(of: document, depth: 0)
  }

  /// So many kinds of problems are named for a stream.
  private static let mostNamed = 5

  /// What is wrong, a line for each kind of problem; nothing if all records are as they should be.
  func problems(of records: [JSONValue]) -> [String] {
    var kinds: [String: String] = [:]
    var order: [String] = []
    var invalid = 0
    for (number, record) in records.enumerated() {
      let found = problems(of: record)
      if !found.isEmpty { invalid += 1 }
      for (kind, problem) in found where kinds[kind] == nil {
        kinds[kind] = "record \(number + 1): \(problem)"
        order.append(kind)
      }
    }
    guard invalid > 0 else { return [] }
    let named = order.prefix(Self.mostNamed).compactMap { kinds[$0] }
    let rest = order.count - named.count
    return ["\(invalid) of \(records.count) records are not as the schema says"] + named
      + (rest > 0 ? ["and \(rest) more kinds of problems"] : [])
  }

  private func problems(of record: JSONValue) -> [(kind: String, sentence: String)] {
    var found = schema.validate(record).map { error -> (kind: String, sentence: String) in
      let place = error.instancePath.dotted
      return ("\(error.schemaPath.dotted)", "\(place.isEmpty ? "the record" : place): \(error.discreetMessage)")
    }
    check(record, document, "", &found)
    if !fields.isEmpty, Self.paths(of: record).isDisjoint(with: fields) {
      found.append(("no field", "it has none of the schema's fields"))
    }
    return found
  }

  /// Whole numbers and times in the plain places of a schema.
  private func check(
    _ value: JSONValue, _ schema: JSONValue, _ path: String, _ found: inout [(kind: String, sentence: String)]
  ) {
    switch value {
    case .object(let members):
      for (key, member) in members {
        guard let inner = schema["properties"]?[key] else { continue }
        check(member, inner, path.isEmpty ? key : "\(path).\(key)", &found)
      }
    case .array(let elements):
      guard let inner = schema["items"], inner.object != nil else { return }
      for (index, element) in elements.enumerated() { check(element, inner, "\(path)[\(index)]", &found) }
    case .double(let number) where number == number.rounded():
      let types = schema["type"]?.string.map { [$0] } ?? schema["type"]?.array?.compactMap(\.string) ?? []
      if types.contains("integer"), !types.contains("number") {
        found.append(("integer \(path)", "\(path): expected an integer, found a number with a fraction"))
      }
    case .string(let text):
      if schema["format"] == "date-time", !Self.isTime(text) {
        found.append(("date-time \(path)", "\(path): the string is not a date and a time"))
      }
    default: break
    }
  }

  private static func isTime(_ text: String) -> Bool {
    text.prefixMatch(of: /[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[ T][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}/) != nil
  }

  // MARK: Fields

  private static let deepest = 50

  /// The paths of the leaves that a schema describes.
  private static func fields(of schema: JSONValue, path: String = "", depth: Int) -> Set<String> {
    let leaf: Set<String> = path.isEmpty ? [] : [path]
    guard schema.object != nil, schema["$ref"] == nil, depth < deepest else { return leaf }
    if let branches = (schema["oneOf"] ?? schema["anyOf"])?.array {
      return branches.reduce(into: []) { $0.formUnion(fields(of: $1, path: path, depth: depth + 1)) }
    }
    let types = schema["type"]?.string.map { [$0] } ?? schema["type"]?.array?.compactMap(\.string) ?? ["object"]
    if types.contains("object"), let properties = schema["properties"]?.object, !properties.isEmpty {
      return properties.reduce(into: []) { $0.formUnion(fields(of: $1.value, path: "\(path)/\($1.key)", depth: depth + 1)) }
    }
    if types.contains("array"), !types.contains("object") {
      return fields(of: schema["items"] ?? [:], path: "\(path)/[]", depth: depth + 1)
    }
    return leaf
  }

  /// The paths of all that a record has, lists by their first element.
  private static func paths(of value: JSONValue, path: String = "", depth: Int = 0) -> Set<String> {
    var found: Set<String> = path.isEmpty ? [] : [path]
    guard depth < deepest else { return found }
    switch value {
    case .object(let members):
      for (key, member) in members { found.formUnion(paths(of: member, path: "\(path)/\(key)", depth: depth + 1)) }
    case .array(let elements):
      if let first = elements.first { found.formUnion(paths(of: first, path: "\(path)/[]", depth: depth + 1)) }
    default: break
    }
    return found
  }
}
