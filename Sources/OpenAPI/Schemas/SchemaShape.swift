import JSON

/// What a schema of a document says, with its references followed and its `allOf` put together.
struct SchemaShape: Sendable {
  /// The types without `null`, in their order.
  var types: [String] = []
  var isNullable = false
  var format: String?
  var note: String?
  /// In the order of the document.
  var properties: [(name: String, node: DocumentNode)] = []
  var required: Set<String> = []
  var items: DocumentNode?
  /// The schema of members without a name of their own.
  var additional: DocumentNode?
  /// What a value is one of; empty where there is no choice.
  var alternatives: [DocumentNode] = []
  var choices: [JSONValue] = []
  var defaultValue: JSONValue?
  var example: JSONValue?
  var minimum: Double?
  var maximum: Double?
  var longest: Int?
  var pattern: String?
  /// The last name of the reference that led here.
  var name: String?

  var isArray: Bool { types.contains("array") || types.isEmpty && items != nil }
  var isObject: Bool { types.contains("object") || types.isEmpty && !properties.isEmpty }
  var isScalar: Bool { !types.isEmpty && !types.contains("array") && !types.contains("object") }
  var isInteger: Bool { types.contains("integer") || types == ["number"] }
  var isText: Bool { types.contains("string") }

  func property(_ name: String) -> DocumentNode? { properties.first { $0.name == name }?.node }

  fileprivate mutating func add(_ name: String, _ node: DocumentNode) {
    if let place = properties.firstIndex(where: { $0.name == name }) {
      properties[place].node = node
    } else {
      properties.append((name, node))
    }
  }
}

/// Reads the schemas of a document.
struct SchemaReader: Sendable {
  let document: OpenAPIDocument

  /// Parts of parts are put together no deeper than this.
  private static let deepest = 12
  /// A schema is put together from no more parts.
  private static let mostParts = 2_000

  func shape(_ node: DocumentNode) -> SchemaShape {
    var shape = SchemaShape()
    var parts = 0
    merge(node, into: &shape, depth: 0, seen: [], &parts)
    if shape.types.isEmpty {
      if !shape.properties.isEmpty { shape.types = ["object"] }
      if shape.items != nil { shape.types.append("array") }
      if shape.types.isEmpty, shape.alternatives.isEmpty, let first = shape.choices.first(where: { !$0.isNull }) {
        shape.types = [Self.type(of: first)]
      }
    }
    return shape
  }

  private func merge(
    _ written: DocumentNode, into shape: inout SchemaShape, depth: Int, seen: Set<ObjectIdentifier>, _ parts: inout Int
  ) {
    let node = document.resolved(written)
    parts += 1
    guard depth < Self.deepest, parts <= Self.mostParts, !seen.contains(node.identity), node.isMapping else { return }
    let seen = seen.union([node.identity])
    if shape.name == nil { shape.name = document.referenceName(written) }
    for part in node["allOf"]?.elements ?? [] { merge(part, into: &shape, depth: depth + 1, seen: seen, &parts) }
    for keyword in ["oneOf", "anyOf"] {
      let all = node[keyword]?.elements ?? []
      let others = all.filter { !isNull($0) }
      if others.count < all.count { shape.isNullable = true }
      // Alternatives that only say which properties are required are no alternatives.
      let real = others.filter { part in
        let part = document.resolved(part)
        return part.entries.contains { $0.key != "required" && $0.key != "title" && $0.key != "description" }
      }
      if real.count == 1 {
        merge(real[0], into: &shape, depth: depth + 1, seen: seen, &parts)
      } else {
        shape.alternatives += real
      }
    }
    readKeywords(of: node, into: &shape)
  }

  private func readKeywords(of node: DocumentNode, into shape: inout SchemaShape) {
    for (key, value) in node.entries {
      switch key {
      case "type":
        let types = value.text.map { [$0] } ?? value.elements.compactMap(\.text)
        if types.contains("null") { shape.isNullable = true }
        let known = types.filter { $0 != "null" }
        if !known.isEmpty { shape.types = known }
      case "nullable", "x-nullable": if value.bool == true { shape.isNullable = true }
      case "format": shape.format = value.text ?? shape.format
      case "description": shape.note = value.text ?? shape.note
      case "properties":
        for (name, property) in value.entries where property.isMapping { shape.add(name, property) }
      case "required": shape.required.formUnion(value.elements.compactMap(\.text))
      case "items": if value.isMapping { shape.items = value }
      case "additionalProperties": if value.isMapping, !value.entries.isEmpty { shape.additional = value }
      case "enum":
        shape.choices = value.elements.map(\.json)
        if shape.choices.contains(where: \.isNull) { shape.isNullable = true }
      case "const": shape.choices = [value.json]
      case "default": shape.defaultValue = value.json
      case "example": shape.example = value.json
      case "examples": shape.example = shape.example ?? value.elements.first?.json
      case "minimum": shape.minimum = value.json.double
      case "maximum": shape.maximum = value.json.double
      case "maxLength": shape.longest = value.int
      case "pattern": shape.pattern = value.text
      default: break
      }
    }
  }

  private func isNull(_ node: DocumentNode) -> Bool {
    let node = document.resolved(node)
    return node["type"]?.text == "null" || node["enum"].map { $0.elements.count == 1 && $0.elements[0].json.isNull } ?? false
  }

  private static func type(of value: JSONValue) -> String {
    switch value {
    case .bool: "boolean"
    case .int: "integer"
    case .double, .number: "number"
    case .array: "array"
    case .object: "object"
    case .null, .string: "string"
    }
  }

  // MARK: Looking

  /// The properties of a schema and of its alternatives.
  func properties(of node: DocumentNode, depth: Int = 0) -> [(name: String, node: DocumentNode)] {
    let shape = shape(node)
    guard !shape.alternatives.isEmpty, depth < 3 else { return shape.properties }
    var found = shape.properties
    var names = Set(found.map(\.name))
    for part in shape.alternatives.prefix(50) {
      for property in properties(of: part, depth: depth + 1) where names.insert(property.name).inserted { found.append(property) }
    }
    return found
  }

  /// The schema of the value at a path of keys; `*` is any element. Nil if the schema has no such value.
  func value(at path: some Collection<String>, of node: DocumentNode) -> DocumentNode? {
    guard let step = path.first else { return node }
    let shape = shape(node)
    let next: DocumentNode?
    if step == "*" || Int(step) != nil, let items = shape.items {
      next = items
    } else if step == "*" {
      next = shape.additional ?? shape.properties.first?.node
    } else {
      next = properties(of: node).first { $0.name == step }?.node ?? shape.additional
    }
    return next.flatMap { value(at: path.dropFirst(), of: $0) }
  }

  /// Whether a schema says so little that any value fits it.
  func isOpen(_ node: DocumentNode) -> Bool {
    let shape = shape(node)
    return shape.properties.isEmpty && shape.alternatives.isEmpty && shape.items == nil && !shape.isScalar
  }

  /// The schema of a list's records: objects, or what may be objects. Nil if the schema is no list of them.
  func recordSchema(ofList shape: SchemaShape) -> DocumentNode? {
    guard shape.isArray, let items = shape.items else { return nil }
    let inner = self.shape(items)
    if inner.isObject || inner.additional != nil || !inner.types.isEmpty && inner.types.contains("object") { return items }
    return inner.alternatives.contains { self.shape($0).isObject } ? items : nil
  }
}
