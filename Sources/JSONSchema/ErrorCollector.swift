import JSON
import Python

/// Finds everything that is wrong with a value, in the order in which Python's jsonschema reports it.
struct ErrorCollector {
  private var checker: Checker
  private let dialect: Dialect
  /// Whether alternatives that were clearly not meant are explained too.
  private let complete: Bool
  private var instancePath: [PathElement] = []
  private var schemaPath: [PathElement] = []
  private var found: [ValidationError] = []

  init(checker: Checker, dialect: Dialect, complete: Bool) {
    self.checker = checker
    self.dialect = dialect
    self.complete = complete
  }

  mutating func errors(_ root: SchemaNode, _ instance: JSONValue) -> [ValidationError] {
    collect(root, instance)
    guard let limit = checker.exceeded else { return found }
    instancePath = []
    schemaPath = []
    return [error(Keyword(name: "", value: .null, rule: .uniqueItems), root, .null, .gaveUp(limit))]
  }

  private mutating func collect(_ node: SchemaNode, _ value: JSONValue) {
    if node.isFalse { return forbid(node, value, .forbidden(steps: 0, schemaSteps: 0)) }
    guard !node.keywords.isEmpty, checker.enter() else { return }
    defer { checker.leave() }
    for keyword in node.keywords {
      let isVisible = keyword.name != "$ref" && keyword.name != "if"
      if isVisible { schemaPath.append(.key(keyword.name)) }
      apply(keyword, node, value)
      if isVisible { schemaPath.removeLast() }
    }
  }

  private mutating func apply(_ keyword: Keyword, _ node: SchemaNode, _ value: JSONValue) {
    switch keyword.rule {
    case .reference(let target): collect(checker.targets[target], value)
    case .allOf(let nodes):
      for (index, branch) in nodes.enumerated() { collect(branch, value, schema: .index(index)) }
    case .condition(let test, let then, let otherwise):
      if checker.accepts(test, value) {
        if let then { collect(then, value, schema: .key("then")) }
      } else if let otherwise {
        collect(otherwise, value, schema: .key("else"))
      }
    case .anyOf(let nodes):
      if !checker.accepts(keyword.rule, value) { refuse(keyword, node, nodes, value) }
    case .oneOf(let nodes): oneOf(keyword, node, nodes, value)
    default:
      switch value {
      case .object(let object): apply(keyword, node, object, value)
      case .array(let items): apply(keyword, node, items, value)
      default: if !checker.accepts(keyword.rule, value) { add(keyword, node, value) }
      }
    }
  }

  private mutating func apply(_ keyword: Keyword, _ node: SchemaNode, _ object: JSONObject, _ value: JSONValue) {
    switch keyword.rule {
    case .properties(let properties):
      for (key, property) in properties.ordered {
        if let member = object[key] { collect(property, member, instance: .key(key), schema: .key(key)) }
      }
    case .patternProperties(let entries):
      for (pattern, property) in entries {
        for (key, member) in object where checker.isFound(pattern, in: key) {
          collect(property, member, instance: .key(key), schema: .key(pattern.source))
        }
      }
    case .additionalProperties(let rest, let known, let patterns):
      let extra = object.keys.filter { key in !known.contains(key) && !checker.isFound(anyOf: patterns, in: key) }
      if let rest {
        for key in extra {
          if let member = object[key] { collect(rest, member, instance: .key(key)) }
        }
      } else if !extra.isEmpty {
        let sorted = extra.sorted { $0.precedesInPython($1) }
        add(
          keyword, node, value,
          patterns.isEmpty
            ? .keys(sorted) : .unmatched(sorted, patterns: patterns.map(\.source).sorted { $0.precedesInPython($1) }))
      }
    case .propertyNames(let names):
      for key in object.keys { collect(names, .string(key)) }
    case .required(let keys):
      for key in keys where object[key] == nil { add(keyword, node, value, .keys([key])) }
    case .dependencies(let dependencies):
      for (key, dependency) in dependencies where object[key] != nil {
        switch dependency {
        case .keys(let keys):
          for missing in keys where object[missing] == nil {
            add(keyword, node, value, .dependency(missing: missing, of: key))
          }
        case .schema(let schema): collect(schema, value, schema: .key(key))
        }
      }
    default: if !checker.accepts(keyword.rule, value) { add(keyword, node, value) }
    }
  }

  private mutating func apply(_ keyword: Keyword, _ node: SchemaNode, _ items: [JSONValue], _ value: JSONValue) {
    switch keyword.rule {
    case .items(let schema, let start):
      for (index, item) in items.enumerated().dropFirst(start) { collect(schema, item, instance: .index(index)) }
    case .tuple(let schemas):
      for (index, (schema, item)) in zip(schemas, items).enumerated() {
        collect(schema, item, instance: .index(index), schema: .index(index))
      }
    case .noItems(let start):
      if items.count > start { add(keyword, node, value, .surplus(Array(items.dropFirst(start)), start: start)) }
    case .contains(let schema, _, _):
      if !checker.accepts(keyword.rule, value) {
        add(keyword, node, value, .count(checker.matches(of: schema, in: items, all: true)))
      }
    default: if !checker.accepts(keyword.rule, value) { add(keyword, node, value) }
    }
  }

  private mutating func oneOf(_ keyword: Keyword, _ node: SchemaNode, _ nodes: [SchemaNode], _ value: JSONValue) {
    let fitting = nodes.indices.filter { checker.accepts(nodes[$0], value) }
    guard let first = fitting.first else { return refuse(keyword, node, nodes, value) }
    guard fitting.count > 1, case .array(let schemas) = keyword.value else { return }
    add(keyword, node, value, .overlap((fitting.dropFirst() + [first]).map { schemas[$0] }))
  }

  private mutating func refuse(_ keyword: Keyword, _ node: SchemaNode, _ nodes: [SchemaNode], _ value: JSONValue) {
    let choice = choice(of: nodes, for: value)
    let outer = found
    found = []
    for (index, branch) in nodes.enumerated() {
      guard complete || (choice.unknown == nil && (choice.meant.isEmpty || choice.meant.contains(index))) else { continue }
      collect(branch, value, schema: .index(index))
    }
    let context = found
    found = outer
    add(keyword, node, value, .refused(choice), context: context)
  }

  // MARK: Which alternative was meant

  private func choice(of nodes: [SchemaNode], for value: JSONValue) -> AlternativeChoice {
    let alternatives = nodes.map(resolved)
    let type = TypeSet(of: value)
    let typed = alternatives.indices.filter {
      !alternatives[$0].isFalse && alternatives[$0].types?.isDisjoint(with: type) != true
    }
    let anyChoice = AlternativeChoice(meant: typed.count < nodes.count ? typed : [])
    guard case .object(let object) = value, let key = tellingKey(typed.map { alternatives[$0] }) else { return anyChoice }
    let open = typed.filter { alternatives[$0].discriminators[key] == nil }
    guard let actual = object[key] else {
      guard typed.count > 1, typed.allSatisfy({ open.isEmpty && requires(key, alternatives[$0]) }) else { return anyChoice }
      return AlternativeChoice(unknown: (key, nil, allowed(key, typed.map { alternatives[$0] })))
    }
    let matching = typed.filter { index in
      alternatives[index].discriminators[key]?.contains { PythonEquality.equal($0, actual) } == true
    }
    if !matching.isEmpty { return AlternativeChoice(meant: matching) }
    if !open.isEmpty { return AlternativeChoice(meant: open) }
    return AlternativeChoice(unknown: (key, actual, allowed(key, typed.map { alternatives[$0] })))
  }

  private func requires(_ key: String, _ node: SchemaNode) -> Bool {
    node.keywords.contains { keyword in
      if case .required(let keys) = keyword.rule { keys.contains(key) } else { false }
    }
  }

  private func allowed(_ key: String, _ nodes: [SchemaNode]) -> [JSONValue] {
    var seen: Set<PythonEquality.Key> = []
    return nodes.flatMap { $0.discriminators[key] ?? [] }.filter { seen.insert(PythonEquality.Key(value: $0)).inserted }
  }

  /// The property by whose value alternatives differ: `type`, or else one that each alternative with fixed values has.
  private func tellingKey(_ nodes: [SchemaNode]) -> String? {
    let telling = nodes.map(\.discriminators).filter { !$0.isEmpty }
    if telling.contains(where: { $0["type"] != nil }) { return "type" }
    guard let first = telling.first else { return nil }
    return first.keys.sorted().first { key in telling.allSatisfy { $0[key] != nil } }
  }

  private func resolved(_ node: SchemaNode) -> SchemaNode {
    var node = node
    for _ in 0..<16 {
      guard node.keywords.count == 1, case .reference(let target) = node.keywords[0].rule else { break }
      node = checker.targets[target]
    }
    return node
  }

  // MARK: Paths and values of errors

  private mutating func collect(
    _ node: SchemaNode, _ value: JSONValue, instance: PathElement? = nil, schema: PathElement? = nil
  ) {
    if let instance { instancePath.append(instance) }
    if let schema { schemaPath.append(schema) }
    if node.isFalse {
      forbid(node, value, .forbidden(steps: instance == nil ? 0 : 1, schemaSteps: schema == nil ? 0 : 1))
    } else {
      collect(node, value)
    }
    if schema != nil { schemaPath.removeLast() }
    if instance != nil { instancePath.removeLast() }
  }

  private mutating func forbid(_ node: SchemaNode, _ value: JSONValue, _ detail: ValidationError.Detail) {
    add(Keyword(name: "", value: .bool(false), rule: .allOf([])), node, value, detail)
  }

  private mutating func add(
    _ keyword: Keyword, _ node: SchemaNode, _ value: JSONValue, _ detail: ValidationError.Detail = .none,
    context: [ValidationError] = []
  ) {
    guard checker.exceeded == nil else { return }
    found.append(error(keyword, node, value, detail, context))
  }

  private func error(
    _ keyword: Keyword, _ node: SchemaNode, _ value: JSONValue, _ detail: ValidationError.Detail,
    _ context: [ValidationError] = []
  ) -> ValidationError {
    ValidationError(
      instancePath: instancePath, schemaPath: schemaPath, keyword: keyword.name, keywordValue: keyword.value,
      instance: value, context: context, detail: detail,
      fitsType: node.types?.isDisjoint(with: TypeSet(of: value)) == false, dialect: dialect)
  }
}
