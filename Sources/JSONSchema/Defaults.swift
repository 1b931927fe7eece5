import JSON

extension JSONSchema {
  /// `instance` with the `default` of each property that it lacks, in nested objects, elements of lists and parts of an
  /// `allOf` too. Alternatives add nothing, since which of them holds may depend on what is filled in.
  package func applyingDefaults(to instance: JSONValue) -> JSONValue {
    var filled = instance
    var budget = Checker.stepLimit / 2
    fill(root, &filled, depth: 0, &budget)
    return filled
  }

  private func fill(_ node: SchemaNode, _ value: inout JSONValue, depth: Int, _ budget: inout Int) {
    guard depth < Checker.depthLimit / 4, budget > 0 else { return }
    budget -= 1
    for keyword in node.keywords {
      switch (keyword.rule, value) {
      case (.reference(let target), _): fill(targets[target], &value, depth: depth + 1, &budget)
      case (.allOf(let nodes), _):
        for node in nodes { fill(node, &value, depth: depth + 1, &budget) }
      case (.properties(let properties), .object(var object)):
        // The enum lets go of the storage, so that it is changed in place.
        value = .null
        for (key, property) in properties.ordered {
          if var member = object[key] {
            fill(property, &member, depth: depth + 1, &budget)
            object[key] = member
          } else if let member = property.defaultValue {
            object[key] = member
          }
        }
        value = .object(object)
      case (.items(let schema, let start), .array(var items)):
        value = .null
        for index in items.indices.dropFirst(start) { fill(schema, &items[index], depth: depth + 1, &budget) }
        value = .array(items)
      case (.tuple(let schemas), .array(var items)):
        value = .null
        for (index, schema) in zip(items.indices, schemas) { fill(schema, &items[index], depth: depth + 1, &budget) }
        value = .array(items)
      default: break
      }
    }
  }
}
