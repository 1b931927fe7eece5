import JSON

/// Finds what a `$ref` leads to, by the identifiers and anchors inside one schema document.
package struct SchemaReferences: Sendable {
  /// A schema that a reference leads to.
  package struct Location: Sendable {
    package let schema: JSONValue
    /// What references inside it are relative to.
    package let base: String
    /// The same for two references to the same place.
    package let key: String
  }

  /// The base of the document itself.
  package let rootBase: String
  private let dialect: Dialect
  private var resources: [String: JSONValue] = [:]
  private var anchors: [String: Location] = [:]
  private static let depthLimit = 512

  package init(root: JSONValue, dialect: Dialect) {
    self.dialect = dialect
    rootBase = Self.identifier(of: root, dialect) ?? ""
    resources[rootBase] = root
    crawl(root, base: rootBase, depth: 0)
  }

  /// The `$id` of a schema without an empty fragment; nil for a plain name, and in draft-07 beside a `$ref`.
  package static func identifier(of schema: JSONValue, _ dialect: Dialect) -> String? {
    guard case .object(let object) = schema, case .string(let id)? = object["$id"], !id.hasPrefix("#") else { return nil }
    if dialect == .draft7, object["$ref"] != nil { return nil }
    return id.hasSuffix("#") ? String(id.dropLast()) : id
  }

  /// What `reference` means in a schema whose references are relative to `base`; nil if it leads nowhere.
  package func resolve(_ reference: String, from base: String) -> Location? {
    let target = reference.hasPrefix("#") ? base + reference : URIReference.join(base, reference)
    let hash = target.utf8.firstIndex(of: UInt8(ascii: "#"))
    let uri = hash.map { String(target[..<$0]) } ?? target
    let fragment = hash.map { String(target[target.utf8.index(after: $0)...]) } ?? ""
    guard let resource = resources[uri] ?? Metaschema.document(for: uri) else { return nil }
    if fragment.isEmpty { return Location(schema: resource, base: uri, key: uri + "#") }
    if fragment.hasPrefix("/") {
      return follow(String(fragment.dropFirst()), in: resource, base: uri)
    }
    return anchors[uri + "#" + fragment]
  }

  /// A JSON pointer (RFC 6901) in a URI's fragment: escapes of the URI first, then those of the pointer.
  private func follow(_ pointer: String, in resource: JSONValue, base: String) -> Location? {
    guard let plain = pointer.removingPercentEscapes else { return nil }
    var schema = resource
    var base = base
    for bytes in plain.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      let segment = Substring(bytes)
      switch schema {
      case .array(let items):
        guard let index = Int(segment), items.indices.contains(index) else { return nil }
        schema = items[index]
      case .object(let object):
        var key = String(segment)
        if bytes.contains(UInt8(ascii: "~")) { key = key.replacing("~1", with: "/").replacing("~0", with: "~") }
        guard let value = object[key] else { return nil }
        schema = value
      default: return nil
      }
      if let id = Self.identifier(of: schema, dialect) { base = URIReference.join(base, id) }
    }
    return Location(schema: schema, base: base, key: base + " " + plain)
  }

  private mutating func crawl(_ schema: JSONValue, base: String, depth: Int) {
    guard case .object(let object) = schema, depth < Self.depthLimit else { return }
    var base = base
    if let id = Self.identifier(of: schema, dialect), depth > 0 {
      base = URIReference.join(base, id)
      resources[base] = schema
    }
    if dialect == .draft7 {
      if case .string(let id)? = object["$id"], id.hasPrefix("#") { name(String(id.dropFirst()), schema, base) }
    } else {
      for keyword in ["$anchor", "$dynamicAnchor"] {
        if case .string(let anchor)? = object[keyword] { name(anchor, schema, base) }
      }
    }
    for (key, value) in object {
      switch key {
      case "additionalItems", "additionalProperties", "contains", "else", "if", "not", "propertyNames", "then":
        crawl(value, base: base, depth: depth + 1)
      case "definitions", "$defs", "patternProperties", "properties", "dependencies", "dependentSchemas":
        guard case .object(let members) = value else { continue }
        for member in members.values { crawl(member, base: base, depth: depth + 1) }
      case "allOf", "anyOf", "oneOf", "items", "prefixItems":
        if case .array(let members) = value {
          for member in members { crawl(member, base: base, depth: depth + 1) }
        } else {
          crawl(value, base: base, depth: depth + 1)
        }
      default: break
      }
    }
  }

  private mutating func name(_ anchor: String, _ schema: JSONValue, _ base: String) {
    let key = base + "#" + anchor
    anchors[key] = Location(schema: schema, base: base, key: key)
  }
}

extension String {
  /// With `%20` and other escapes undone; nil if that is not UTF-8.
  var removingPercentEscapes: String? {
    guard utf8.contains(UInt8(ascii: "%")) else { return self }
    var bytes: [UInt8] = []
    let input = Array(utf8)
    var index = 0
    while index < input.count {
      if input[index] == UInt8(ascii: "%"), index + 2 < input.count,
        let byte = UInt8(String(decoding: input[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        bytes.append(byte)
        index += 3
      } else {
        bytes.append(input[index])
        index += 1
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
