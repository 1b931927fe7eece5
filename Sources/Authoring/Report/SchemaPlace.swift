import JSON

/// A place in a JSON schema: what it says of the values there, with all alternatives together.
struct SchemaPlace {
  private static let mostBranches = 64
  private let root: JSONValue
  /// The schemas that may hold for a value.
  private let branches: [JSONValue]

  init(_ schema: JSONObject) {
    root = .object(schema)
    branches = Self.branches(of: [root], in: root)
  }

  private init(_ schemas: [JSONValue], in root: JSONValue) {
    self.root = root
    branches = Self.branches(of: schemas, in: root)
  }

  /// Schemas with those that they refer to.
  private static func branches(of schemas: [JSONValue], in root: JSONValue) -> [JSONValue] {
    var open = schemas
    var found: [JSONValue] = []
    while !open.isEmpty, found.count < mostBranches {
      let schema = open.removeFirst()
      found.append(schema)
      for keyword in ["anyOf", "oneOf", "allOf"] { open += schema[keyword]?.array ?? [] }
      if let target = schema["$ref"]?.string.flatMap({ target(of: $0, in: root) }) { open.append(target) }
    }
    return found
  }

  private static func target(of reference: String, in root: JSONValue) -> JSONValue? {
    guard reference.hasPrefix("#/") else { return nil }
    return reference.dropFirst(2).split(separator: "/").reduce(Optional(root)) { place, name in
      place?[String(name.replacing("~1", with: "/").replacing("~0", with: "~"))]
    }
  }

  /// The types that values may have; nil if the schema does not say.
  var types: Set<String>? {
    var types: Set<String> = []
    for schema in branches {
      if let name = schema["type"]?.string {
        types.insert(name)
      } else {
        types.formUnion(schema["type"]?.array?.compactMap(\.string) ?? [])
      }
    }
    return types.isEmpty ? nil : types
  }

  /// What more is said of the type of values: `format=date-time`, `airbyte_type=timestamp_with_timezone`.
  var formats: Set<String> {
    Set(
      branches.flatMap { schema in
        ["format", "airbyte_type", "contentEncoding"].compactMap { keyword in
          schema[keyword]?.string.map { "\(keyword)=\($0)" }
        }
      })
  }

  /// The names of the members that are declared.
  var names: [String] {
    var seen: NameSet = []
    return branches.flatMap { $0["properties"]?.object.map { Array($0.keys) } ?? [] }.filter { seen.insert($0) }
  }

  /// What the schema says of a member; nil if it does not declare it.
  func member(_ name: String) -> SchemaPlace? {
    let schemas = branches.compactMap { schema -> JSONValue? in
      guard let members = schema["properties"]?.object, let place = members.index(forKey: name),
        members.keys[place].sameScalars(as: name)
      else { return nil }
      return members.values[place]
    }
    return schemas.isEmpty ? nil : SchemaPlace(schemas, in: root)
  }

  /// Whether the schema has a list of members, which others are not in.
  var listsMembers: Bool {
    !names.isEmpty
      && !branches.contains { $0["additionalProperties"]?.object?.isEmpty == false || $0["patternProperties"]?.object != nil }
  }

  /// What the schema says of the elements of a list; nil if it says nothing.
  var elements: SchemaPlace? {
    let schemas = branches.flatMap { schema -> [JSONValue] in
      switch schema["items"] {
      case .array(let list)?: list
      case let schema?: [schema]
      case nil: []
      }
    }
    return schemas.isEmpty ? nil : SchemaPlace(schemas, in: root)
  }
}
