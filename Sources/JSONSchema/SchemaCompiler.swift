import JSON
import Python

/// Makes nodes of a schema's text. What a `$ref` leads to is compiled once, and only if a reference leads there.
struct SchemaCompiler {
  private let dialect: Dialect
  private let checksFormats: Bool
  private let resolver: SchemaReferences
  private var targetIndexes: [String: Int] = [:]
  private var pending: [SchemaReferences.Location] = []
  private var path: [PathElement] = []
  private(set) var unresolved: [String] = []
  private var known: Set<String> = []

  /// Schemas nested deeper in a text are refused.
  private static let depthLimit = 256

  init(root: JSONValue, dialect: Dialect, checksFormats: Bool) {
    self.dialect = dialect
    self.checksFormats = checksFormats
    resolver = SchemaReferences(root: root, dialect: dialect)
  }

  mutating func compile(_ root: JSONValue) throws(JSONSchemaError) -> SchemaNode { try node(root, base: resolver.rootBase) }

  /// What the references lead to that were met so far, and those that are met in there, by their indexes.
  mutating func allTargets() throws(JSONSchemaError) -> [SchemaNode] {
    var targets: [SchemaNode] = []
    while targets.count < pending.count { targets.append(try target(targets.count)) }
    return targets
  }

  /// What a reference leads to.
  mutating func target(_ index: Int) throws(JSONSchemaError) -> SchemaNode {
    let location = pending[index]
    path = [.key("$ref"), .key(location.key)]
    return try node(location.schema, base: location.base)
  }

  private mutating func node(_ schema: JSONValue, base: String) throws(JSONSchemaError) -> SchemaNode {
    switch schema {
    case .bool(let bool): return SchemaNode(isFalse: !bool)
    case .object(let object):
      guard path.count <= Self.depthLimit else { throw fault("it is nested too deeply") }
      var base = base
      if let id = SchemaReferences.identifier(of: schema, dialect), base != id { base = URIReference.join(base, id) }
      var keywords: [Keyword] = []
      if dialect == .draft7, let reference = object["$ref"], reference != .null {
        try add("$ref", reference, object, base, to: &keywords)
        return SchemaNode(isFalse: false, keywords: keywords)
      }
      for (name, value) in object {
        path.append(.key(name))
        try add(name, value, object, base, to: &keywords)
        path.removeLast()
      }
      return SchemaNode(isFalse: false, keywords: keywords)
    default: throw fault("a schema is an object, true or false")
    }
  }

  private mutating func add(
    _ name: String, _ value: JSONValue, _ schema: JSONObject, _ base: String, to keywords: inout [Keyword]
  ) throws(JSONSchemaError) {
    let found: Rule?
    switch name {
    case "items", "additionalItems", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems":
      found = try arrayRule(name, value, schema, base)
    case "properties", "patternProperties", "additionalProperties", "propertyNames", "required", "dependencies",
      "dependentRequired", "dependentSchemas", "minProperties", "maxProperties":
      found = try objectRule(name, value, schema, base)
    case "allOf", "anyOf", "oneOf", "not", "if", "$ref", "$dynamicRef":
      found = try applicator(name, value, schema, base)
    default: found = try scalarRule(name, value)
    }
    if let found { keywords.append(Keyword(name: name, value: value, rule: found)) }
  }

  private mutating func scalarRule(_ name: String, _ value: JSONValue) throws(JSONSchemaError) -> Rule? {
    switch name {
    case "type":
      var types: TypeSet = []
      for name in try strings(value, orOne: true) {
        guard let type = TypeSet(name: name) else { throw fault("there is no type '\(name)'") }
        types.formUnion(type)
      }
      return .type(types)
    case "enum":
      guard case .array(let values) = value else { throw fault("it is a list of values") }
      return .enumeration(values, PythonEquality.Values(values))
    case "const": return .const(value)
    case "minimum": return .minimum(try number(value))
    case "maximum": return .maximum(try number(value))
    case "exclusiveMinimum": return .exclusiveMinimum(try number(value))
    case "exclusiveMaximum": return .exclusiveMaximum(try number(value))
    case "multipleOf": return .multipleOf(try number(value))
    case "minLength": return .minLength(try number(value))
    case "maxLength": return .maxLength(try number(value))
    case "pattern":
      guard case .string(let source) = value else { throw fault("it is a regular expression") }
      return .pattern(try pattern(source))
    case "format":
      guard checksFormats, case .string(let name) = value else { return nil }
      return StringFormat(rawValue: name).map { .format($0) }
    default: return nil
    }
  }

  private mutating func arrayRule(
    _ name: String, _ value: JSONValue, _ schema: JSONObject, _ base: String
  ) throws(JSONSchemaError) -> Rule? {
    switch name {
    case "items":
      if dialect == .draft7 {
        if case .array(let members) = value { return .tuple(try nodes(members, base)) }
        return .items(try node(value, base: base), start: 0)
      }
      var start = 0
      if case .array(let members)? = schema["prefixItems"] { start = members.count }
      return value == .bool(false) ? .noItems(start: start) : .items(try node(value, base: base), start: start)
    case "additionalItems":
      guard dialect == .draft7, case .array(let members)? = schema["items"] else { return nil }
      return value == .bool(false)
        ? .noItems(start: members.count) : .items(try node(value, base: base), start: members.count)
    case "prefixItems":
      guard dialect == .draft2020, case .array(let members) = value else { return nil }
      return .tuple(try nodes(members, base))
    case "contains":
      let contained = try node(value, base: base)
      if dialect == .draft7 { return .contains(contained, minimum: nil, maximum: nil) }
      return .contains(
        contained, minimum: try schema["minContains"].map(number), maximum: try schema["maxContains"].map(number))
    case "minItems": return .minItems(try number(value))
    case "maxItems": return .maxItems(try number(value))
    default: return value == .bool(true) ? .uniqueItems : nil
    }
  }

  private mutating func objectRule(
    _ name: String, _ value: JSONValue, _ schema: JSONObject, _ base: String
  ) throws(JSONSchemaError) -> Rule? {
    switch name {
    case "properties": return .properties(PropertyTable(try members(value, base)))
    case "patternProperties":
      var entries: [(pattern: PythonPattern, node: SchemaNode)] = []
      for (key, node) in try members(value, base) { entries.append((try pattern(key), node)) }
      return .patternProperties(entries)
    case "additionalProperties":
      if value == .bool(true) { return nil }
      var known = Set<String>()
      if case .object(let properties)? = schema["properties"] { known.formUnion(properties.keys) }
      var patterns: [PythonPattern] = []
      if case .object(let entries)? = schema["patternProperties"] {
        for key in entries.keys { patterns.append(try pattern(key)) }
      }
      let node = value == .bool(false) ? nil : try node(value, base: base)
      return .additionalProperties(node, known: known, patterns: patterns)
    case "propertyNames": return .propertyNames(try node(value, base: base))
    case "required": return .required(try strings(value))
    case "dependencies" where dialect == .draft7: return .dependencies(try dependencies(value, base))
    case "dependentRequired" where dialect == .draft2020: return .dependencies(try dependencies(value, base))
    case "dependentSchemas" where dialect == .draft2020: return .dependencies(try dependencies(value, base))
    case "minProperties": return .minProperties(try number(value))
    case "maxProperties": return .maxProperties(try number(value))
    default: return nil
    }
  }

  private mutating func dependencies(
    _ value: JSONValue, _ base: String
  ) throws(JSONSchemaError) -> [(key: String, dependency: Rule.Dependency)] {
    guard case .object(let object) = value else { throw fault("it is an object") }
    var found: [(key: String, dependency: Rule.Dependency)] = []
    for (key, value) in object {
      path.append(.key(key))
      if case .array = value {
        found.append((key, .keys(try strings(value))))
      } else {
        found.append((key, .schema(try node(value, base: base))))
      }
      path.removeLast()
    }
    return found
  }

  private mutating func applicator(
    _ name: String, _ value: JSONValue, _ schema: JSONObject, _ base: String
  ) throws(JSONSchemaError) -> Rule? {
    switch name {
    case "allOf", "anyOf", "oneOf":
      guard case .array(let members) = value else { throw fault("it is a list of schemas") }
      let nodes = try nodes(members, base)
      return name == "allOf" ? .allOf(nodes) : name == "anyOf" ? .anyOf(nodes) : .oneOf(nodes)
    case "not": return .not(try node(value, base: base))
    case "if":
      let then = try schema["then"].map { value throws(JSONSchemaError) in try node(value, base: base) }
      let otherwise = try schema["else"].map { value throws(JSONSchemaError) in try node(value, base: base) }
      return .condition(try node(value, base: base), then: then, otherwise: otherwise)
    default:
      if name == "$dynamicRef", dialect == .draft7 { return nil }
      guard case .string(let reference) = value else { throw fault("it is a reference") }
      guard let location = resolver.resolve(reference, from: base) else {
        if known.insert(reference).inserted { unresolved.append(reference) }
        return .unresolved(reference)
      }
      if let index = targetIndexes[location.key] { return .reference(index) }
      targetIndexes[location.key] = pending.count
      pending.append(location)
      return .reference(pending.count - 1)
    }
  }

  private mutating func nodes(_ schemas: [JSONValue], _ base: String) throws(JSONSchemaError) -> [SchemaNode] {
    var found: [SchemaNode] = []
    for (index, schema) in schemas.enumerated() {
      path.append(.index(index))
      found.append(try node(schema, base: base))
      path.removeLast()
    }
    return found
  }

  private mutating func members(
    _ value: JSONValue, _ base: String
  ) throws(JSONSchemaError) -> [(key: String, node: SchemaNode)] {
    guard case .object(let object) = value else { throw fault("it is an object") }
    var found: [(key: String, node: SchemaNode)] = []
    for (key, schema) in object {
      path.append(.key(key))
      found.append((key, try node(schema, base: base)))
      path.removeLast()
    }
    return found
  }

  private func number(_ value: JSONValue) throws(JSONSchemaError) -> Number {
    guard let number = Number(value) else { throw fault("it is a number") }
    return number
  }

  private func strings(_ value: JSONValue, orOne: Bool = false) throws(JSONSchemaError) -> [String] {
    if orOne, case .string(let string) = value { return [string] }
    guard case .array(let items) = value else { throw fault("it is a list of strings") }
    var found: [String] = []
    for item in items {
      guard case .string(let string) = item else { throw fault("it is a list of strings") }
      found.append(string)
    }
    return found
  }

  private func pattern(_ source: String) throws(JSONSchemaError) -> PythonPattern {
    do {
      return try PythonPattern(source)
    } catch {
      throw fault("the pattern '\(source)' cannot be read: \(error.reason)")
    }
  }

  private func fault(_ reason: String) -> JSONSchemaError {
    JSONSchemaError(path: path, reason: reason)
  }
}
