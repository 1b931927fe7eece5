import JSON
import Python

/// A schema, or a part of one, made ready to be applied.
final class SchemaNode: Sendable {
  /// The schema `false`: nothing fulfils it.
  let isFalse: Bool
  /// In the order of the schema's text, which is the order of errors.
  let keywords: [Keyword]
  /// The same rules, the cheapest first: enough to say yes or no.
  let checks: [Rule]
  /// What `type` allows; nil without the keyword.
  let types: TypeSet?
  /// The values that `enum` or `const` allow for each property that has one of them.
  let discriminators: [String: [JSONValue]]

  init(isFalse: Bool, keywords: [Keyword] = []) {
    self.isFalse = isFalse
    self.keywords = keywords
    var types: TypeSet?
    var discriminators: [String: [JSONValue]] = [:]
    for keyword in keywords {
      switch keyword.rule {
      case .type(let set): types = set
      case .properties(let properties):
        for (key, node) in properties.ordered {
          if let values = node.allowedValues { discriminators[key] = values }
        }
      default: break
      }
    }
    self.types = types
    self.discriminators = discriminators
    checks = Self.cheapestFirst(keywords.map(\.rule))
  }

  /// What `const` or `enum` says, the narrower first.
  private var allowedValues: [JSONValue]? {
    var found: [JSONValue]?
    for keyword in keywords {
      switch keyword.rule {
      case .const(let value): return [value]
      case .enumeration(let values, _): found = values
      default: break
      }
    }
    return found
  }

  private static func cheapestFirst(_ rules: [Rule]) -> [Rule] {
    var sorted = rules.enumerated().sorted { ($0.element.cost, $0.offset) < ($1.element.cost, $1.offset) }.map(\.element)
    // A branch meant for another value is mostly recognised by one enumerated property: that one is checked before all others.
    for rule in rules {
      guard case .properties(let properties) = rule else { continue }
      let telling = properties.ordered.filter { $0.node.allowedValues != nil }
      if !telling.isEmpty, telling.count < properties.ordered.count {
        let place = sorted.firstIndex { $0.cost > 2 } ?? sorted.endIndex
        sorted.insert(.properties(PropertyTable(telling)), at: place)
      }
    }
    return sorted
  }
}

/// A keyword of a schema: its name, its value as written, and what it demands.
struct Keyword: Sendable {
  let name: String
  let value: JSONValue
  let rule: Rule
}

/// The properties of a schema in order, with a table for look-ups.
struct PropertyTable: Sendable {
  let ordered: [(key: String, node: SchemaNode)]
  let byKey: [String: SchemaNode]

  init(_ ordered: [(key: String, node: SchemaNode)]) {
    self.ordered = ordered
    byKey = Dictionary(ordered.map { ($0.key, $0.node) }) { _, last in last }
  }
}

/// What a keyword demands.
enum Rule: Sendable {
  case type(TypeSet)
  /// The values in their order, and the same ones for look-ups.
  case enumeration([JSONValue], PythonEquality.Values)
  case const(JSONValue)

  case minimum(Number)
  case maximum(Number)
  case exclusiveMinimum(Number)
  case exclusiveMaximum(Number)
  case multipleOf(Number)

  case minLength(Number)
  case maxLength(Number)
  case pattern(PythonPattern)
  case format(StringFormat)

  /// One schema for the elements from `start` on.
  case items(SchemaNode, start: Int)
  /// A schema for each of the first elements.
  case tuple([SchemaNode])
  /// No element from `start` on.
  case noItems(start: Int)
  case contains(SchemaNode, minimum: Number?, maximum: Number?)
  case minItems(Number)
  case maxItems(Number)
  case uniqueItems

  case properties(PropertyTable)
  case patternProperties([(pattern: PythonPattern, node: SchemaNode)])
  /// A nil node allows no further key.
  case additionalProperties(SchemaNode?, known: Set<String>, patterns: [PythonPattern])
  case propertyNames(SchemaNode)
  case required([String])
  case dependencies([(key: String, dependency: Dependency)])
  case minProperties(Number)
  case maxProperties(Number)

  case allOf([SchemaNode])
  case anyOf([SchemaNode])
  case oneOf([SchemaNode])
  case not(SchemaNode)
  case condition(SchemaNode, then: SchemaNode?, otherwise: SchemaNode?)
  /// The index of a target in the compiled schema's table.
  case reference(Int)
  case unresolved(String)

  enum Dependency: Sendable {
    case keys([String])
    case schema(SchemaNode)
  }

  var cost: Int {
    switch self {
    case .type, .unresolved: 0
    case .const, .enumeration, .minLength, .maxLength, .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum: 1
    case .minItems, .maxItems, .minProperties, .maxProperties: 1
    case .required, .multipleOf, .noItems, .dependencies: 2
    case .pattern, .format: 3
    case .additionalProperties(nil, _, _): 4
    case .additionalProperties, .propertyNames, .patternProperties, .uniqueItems: 6
    case .properties, .tuple, .items, .contains, .reference: 5
    case .allOf, .not, .condition, .anyOf, .oneOf: 7
    }
  }
}
