import Essentials
import JSON

/// Writes schemas of a document as the JSON schemas (draft 7) of streams: references replaced by what they lead to, `allOf` put
/// together, `oneOf` kept, circles and great depth cut to objects that leave their members open.
struct SchemaTranslation {
  /// Whether lists of values are kept. In a stream's schema they are not: an API adds values.
  let keepsChoices: Bool
  private let reader: SchemaReader
  private var budget = Self.mostProperties

  /// A schema nests no deeper.
  private static let deepest = 6
  /// A stream's schema has no more properties, nested ones included.
  private static let mostProperties = 1_500
  /// Descriptions are kept down to this depth.
  private static let deepestNote = 2
  private static let largestBound = 1_000_000_000.0

  init(_ reader: SchemaReader, keepsChoices: Bool = false) {
    self.reader = reader
    self.keepsChoices = keepsChoices
  }

  /// The schema of records.
  mutating func recordSchema(of node: DocumentNode) -> JSONObject {
    budget = Self.mostProperties
    var shape = reader.shape(node)
    if !shape.alternatives.isEmpty {
      // Records of several kinds have the fields of all of them.
      shape.properties = reader.properties(of: node)
      shape.required = []
    }
    var schema: JSONObject = ["$schema": "http://json-schema.org/draft-07/schema#", "type": "object"]
    schema["properties"] = .object(properties(of: shape, 0, [reader.document.resolved(node).identity]))
    schema["additionalProperties"] = true
    return schema
  }

  /// The schema of any value.
  mutating func schema(of node: DocumentNode) -> JSONValue {
    budget = Self.mostProperties
    return value(node, isRequired: true, 1, [])
  }

  private mutating func properties(of shape: SchemaShape, _ depth: Int, _ above: Set<ObjectIdentifier>) -> JSONObject {
    var members: JSONObject = [:]
    for (name, node) in shape.properties where budget > 0 {
      members[name] = value(node, isRequired: shape.required.contains(name), depth + 1, above)
    }
    return members
  }

  private mutating func value(
    _ node: DocumentNode, isRequired: Bool, _ depth: Int, _ above: Set<ObjectIdentifier>
  ) -> JSONValue {
    let identity = reader.document.resolved(node).identity
    let shape = reader.shape(node)
    let isNullable = shape.isNullable || !isRequired
    budget -= 1
    guard depth <= Self.deepest, budget > 0, !above.contains(identity) else { return .object(Self.open(shape, isNullable)) }
    let above = above.union([identity])
    var schema: JSONObject = [:]
    if depth <= Self.deepestNote, let note = shape.note.flatMap({ PlainText.sentence(of: $0) }) {
      schema["description"] = .string(note)
    }
    if !shape.alternatives.isEmpty, shape.properties.isEmpty {
      addAlternatives(of: shape, isNullable, depth, above, to: &schema)
      return .object(schema)
    }
    schema["type"] = Self.type(shape.types, isNullable)
    addFormat(of: shape, to: &schema)
    if keepsChoices, !shape.choices.isEmpty {
      schema["enum"] = .array(shape.choices + (isNullable && !shape.choices.contains(.null) ? [.null] : []))
    }
    if keepsChoices {
      // Bounds of the type itself bound nothing.
      schema["minimum"] = shape.minimum.flatMap { abs($0) < Self.largestBound ? .double($0) : nil }
      schema["maximum"] = shape.maximum.flatMap { abs($0) < Self.largestBound ? .double($0) : nil }
      schema["maxLength"] = shape.longest.map { .int($0) }
    }
    if shape.isArray { schema["items"] = shape.items.map { value($0, isRequired: true, depth + 1, above) } ?? [:] }
    if shape.isObject {
      if !shape.properties.isEmpty { schema["properties"] = .object(properties(of: shape, depth, above)) }
      schema["additionalProperties"] = true
    }
    return .object(schema)
  }

  private mutating func addAlternatives(
    of shape: SchemaShape, _ isNullable: Bool, _ depth: Int, _ above: Set<ObjectIdentifier>, to schema: inout JSONObject
  ) {
    let parts = shape.alternatives.map { reader.shape($0) }
    if parts.allSatisfy({ $0.isScalar && $0.alternatives.isEmpty }) {
      var types: [String] = []
      for type in parts.flatMap(\.types) where !types.contains(type) { types.append(type) }
      schema["type"] = Self.type(types, isNullable || parts.contains(where: \.isNullable))
      let formats = Set(parts.compactMap(\.format))
      if parts.count == 1 || formats.count == 1 && types == ["string"] { addFormat(of: parts[0], to: &schema) }
      return
    }
    var alternatives = shape.alternatives.map { value($0, isRequired: true, depth + 1, above) }
    if isNullable { alternatives.append(["type": "null"]) }
    schema["oneOf"] = .array(alternatives)
  }

  private func addFormat(of shape: SchemaShape, to schema: inout JSONObject) {
    guard shape.isText else { return }
    switch shape.format?.lowercased() {
    case "date-time"?, "datetime"?:
      schema["format"] = "date-time"
      schema["airbyte_type"] = "timestamp_with_timezone"
    case "date"?: schema["format"] = "date"
    case let format? where keepsChoices: schema["format"] = .string(format)
    default: break
    }
  }

  private static func type(_ types: [String], _ isNullable: Bool) -> JSONValue? {
    let known = types.map { $0 == "file" ? "string" : $0 }.filter {
      ["string", "integer", "number", "boolean", "array", "object"].contains($0)
    }
    guard !known.isEmpty else { return nil }
    let all = (isNullable ? ["null"] : []) + known
    return all.count == 1 ? .string(all[0]) : .array(all.map { .string($0) })
  }

  private static func open(_ shape: SchemaShape, _ isNullable: Bool) -> JSONObject {
    if shape.isArray { return ["type": type(["array"], isNullable) ?? "array", "items": [:]] }
    if shape.isScalar { return ["type": type(shape.types, isNullable) ?? "string"] }
    return ["type": type(["object"], isNullable) ?? "object", "additionalProperties": true]
  }
}

/// Descriptions as plain texts.
package enum PlainText {
  /// The first sentence, without markup, on one line; nil if there is none. Long ones are cut at a word.
  package static func sentence(of text: String, upTo longest: Int = 160) -> String? {
    var plain = ""
    var isInTag = false
    for character in withoutLinks(String(text.prefix(4_000))) {
      switch character {
      case "<": isInTag = true
      case ">" where isInTag: isInTag = false
      case "`", "*": break
      case _ where isInTag: break
      case _ where character.isWhitespace: if plain.last != " " { plain.append(" ") }
      default: plain.append(character)
      }
    }
    plain = plain.trimmed(.whitespaces)
    if let end = plain.firstRange(of: ". ") { plain = String(plain[..<end.lowerBound]) + "." }
    if plain.count > longest {
      let cut = plain.prefix(longest)
      plain = String(cut[..<(cut.lastIndex(of: " ") ?? cut.endIndex)]) + " …"
    }
    return plain.isEmpty ? nil : plain
  }

  /// A text in Markdown with the words of its links alone.
  private static func withoutLinks(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let middle = rest.firstRange(of: "]("), let open = rest[..<middle.lowerBound].lastIndex(of: "["),
      let close = rest[middle.upperBound...].firstIndex(of: ")")
    {
      result += rest[..<open] + rest[rest.index(after: open)..<middle.lowerBound]
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}
