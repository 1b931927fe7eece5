import JSON
import JSONSchema
import Python

/// What normalising does with a value of one schema.
final class NormalizationNode: Sendable {
  /// Done to the value by whatever holds it, before the steps.
  let cast: PythonCast
  let steps: [Step]

  init(cast: PythonCast, steps: [Step]) {
    self.cast = cast
    self.steps = steps
  }

  /// A keyword of the schema, in the order of its text.
  enum Step: Sendable {
    /// `unknown` is the first name that is not a type; the names before it still count.
    case type(TypeSet, unknown: String?, expected: JSONValue)
    case properties([NormalizationProperty])
    case items(NormalizationNode)
    /// A schema for each element: the reference fails at the first of them.
    case listOfSchemas
    case reference(Int)
    case unusable(SchemaNormalizationError.Fault)
  }
}

/// A property of a schema.
struct NormalizationProperty: Sendable {
  let key: String
  let node: NormalizationNode
}

/// Makes nodes of a schema's text; what is wrong with it becomes a step that fails when it is reached.
struct NormalizationCompiler {
  private let references: SchemaReferences
  private var indexes: [String: Int] = [:]
  private var pending: [SchemaReferences.Location] = []

  init(root: JSONValue) {
    references = SchemaReferences(root: root, dialect: .draft7)
  }

  mutating func compile(
    _ schema: JSONValue
  ) throws(SchemaNormalizationError) -> (root: NormalizationNode, targets: [NormalizationNode]) {
    let root = try node(schema, references.rootBase, 0)
    var targets: [NormalizationNode] = []
    while targets.count < pending.count {
      let location = pending[targets.count]
      targets.append(try node(location.schema, location.base, 0))
    }
    return (root, targets)
  }

  private mutating func node(
    _ schema: JSONValue, _ base: String, _ depth: Int
  ) throws(SchemaNormalizationError) -> NormalizationNode {
    guard depth < SchemaNormalizer.depthLimit else { throw SchemaNormalizationError(path: [], .tooDeep) }
    guard case .object(let object) = schema else { return NormalizationNode(cast: .unusable, steps: []) }
    var base = base
    if let id = SchemaReferences.identifier(of: schema, .draft7), id != base {
      base = references.resolve(id, from: base)?.base ?? base
    }
    var steps: [NormalizationNode.Step] = []
    for (keyword, value) in object {
      switch (keyword, value) {
      case ("type", _): steps.append(type(value))
      case ("properties", .object(let properties)):
        var entries: [NormalizationProperty] = []
        for (key, value) in properties {
          entries.append(NormalizationProperty(key: key, node: try node(value, base, depth + 1)))
        }
        steps.append(.properties(entries))
      case ("properties", _): steps.append(.unusable(.malformed("properties")))
      case ("items", .array): steps.append(.listOfSchemas)
      case ("items", _): steps.append(.items(try node(value, base, depth + 1)))
      case ("$ref", .string(let reference)): steps.append(self.reference(reference, base))
      case ("$ref", _): steps.append(.unusable(.malformed("$ref")))
      default: break
      }
    }
    return NormalizationNode(cast: PythonCast(schema: object), steps: steps)
  }

  private func type(_ value: JSONValue) -> NormalizationNode.Step {
    let names: [JSONValue]
    switch value {
    case .string: names = [value]
    case .array(let items): names = items
    default: return .unusable(.malformed("type"))
    }
    var types: TypeSet = []
    for name in names {
      guard case .string(let text) = name, let type = TypeSet(name: text) else {
        return .type(types, unknown: name.string ?? PythonRepr.of(name), expected: value)
      }
      types.formUnion(type)
    }
    return .type(types, unknown: nil, expected: value)
  }

  private mutating func reference(_ text: String, _ base: String) -> NormalizationNode.Step {
    guard let location = references.resolve(text, from: base) else { return .unusable(.unresolved(text)) }
    if let index = indexes[location.key] { return .reference(index) }
    indexes[location.key] = pending.count
    pending.append(location)
    return .reference(pending.count - 1)
  }
}
