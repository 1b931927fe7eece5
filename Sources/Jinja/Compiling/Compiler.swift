/// Turns syntax into nodes: names into symbols, filters and tests into functions, constants into values.
struct Compiler {
  private let environment: Environment
  /// Names that the template binds anywhere; all others can only come from the context.
  private let bound: Set<String>
  /// Whether an unknown filter or test is let pass until it is used, as it is inside a condition.
  private var isLenient = false
  /// Is told of the ways that evaluations go; nil for templates that nobody follows.
  private let note: BranchNote?
  /// All ways that there are, where somebody follows them.
  private(set) var branches: [TemplateBranch] = []

  init(_ environment: Environment, _ statements: [Statement], note: BranchNote? = nil) {
    self.environment = environment
    self.note = note
    var bound: Set<String> = ["loop", "caller", "kwargs", "varargs"]
    NameWalk.visit(statements) { use in
      if case .bind(let name) = use { bound.insert(name) }
    }
    self.bound = bound
  }

  mutating func compile(_ statements: [Statement]) throws(TemplateError) -> [any StatementNode] {
    var nodes: [any StatementNode] = []
    for statement in statements { try compile(statement, into: &nodes) }
    return nodes
  }

  private mutating func lenient<Result>(
    _ value: Bool, _ body: (inout Compiler) throws(TemplateError) -> Result
  ) throws(TemplateError) -> Result {
    let outer = isLenient
    isLenient = value
    defer { isLenient = outer }
    return try body(&self)
  }

  private mutating func strictly(_ statements: [Statement]) throws(TemplateError) -> [any StatementNode] {
    try lenient(false) { (compiler) throws(TemplateError) in try compiler.compile(statements) }
  }

  private mutating func compile(_ statement: Statement, into nodes: inout [any StatementNode]) throws(TemplateError) {
    switch statement.kind {
    case .output(let pieces):
      for piece in pieces {
        switch piece {
        case .text(let text): nodes.append(TextNode(text))
        case .expression(let expression): nodes.append(PrintNode(try compile(expression)))
        }
      }
    case .conditional(let branches, let otherwise):
      let node = try lenient(true) { (compiler) throws(TemplateError) -> any StatementNode in
        var compiled: [(test: any Node, body: [any StatementNode])] = []
        for (test, body) in branches {
          let condition = try compiler.compile(test)
          compiled.append((condition, compiler.noted(.holds, test.start) + (try compiler.compile(body))))
        }
        let last =
          compiler.noted(.fails, branches.last?.test.start ?? statement.position) + (try compiler.compile(otherwise))
        return IfNode(compiled, last)
      }
      nodes.append(node)
    case .loop(let loop): nodes.append(try compile(loop))
    case .assign(let target, let value): nodes.append(AssignNode(compile(target), try compile(value)))
    case .assignBlock(let target, let filter, let body):
      var compiledFilter: (any Node)?
      if let filter { compiledFilter = try lenient(false) { (compiler) throws(TemplateError) in try compiler.compile(filter) } }
      nodes.append(AssignBlockNode(compile(target), compiledFilter, try strictly(body), statement.position))
    case .with(let bindings, let body):
      var compiled: [(target: TargetNode, value: any Node)] = []
      for (target, value) in bindings { compiled.append((compile(target), try compile(value))) }
      nodes.append(WithNode(compiled, try strictly(body)))
    case .macro(let name, let parameters, let body):
      nodes.append(MacroNode(Symbol(name), try macro(name, parameters, body, statement.position)))
    case .callBlock(let call, let parameters, let body):
      let definition = try macro(nil, parameters, body, statement.position)
      guard case .call(let function, let arguments) = call.kind else { return }
      nodes.append(CallBlockNode(CallNode(try compile(function), try compile(arguments), call.position), definition))
    case .filterBlock(let filter, let body):
      let compiled = try lenient(false) { (compiler) throws(TemplateError) in try compiler.compile(filter) }
      nodes.append(FilterBlockNode(compiled, try strictly(body)))
    case .autoescape(let condition, let body):
      let compiled = try lenient(false) { (compiler) throws(TemplateError) in try compiler.compile(condition) }
      nodes.append(AutoescapeNode(compiled, try strictly(body)))
    case .block(_, let isScoped, let body): nodes.append(BlockNode(try strictly(body), isScoped: isScoped))
    case .loading(let tag, _, _): nodes.append(LoadingNode(tag, statement.position))
    }
  }

  private mutating func compile(_ loop: LoopSyntax) throws(TemplateError) -> any StatementNode {
    var bindsLoop = false
    loop.target.forEachName { if $0 == "loop" { bindsLoop = true } }
    NameWalk.visit(loop.body + loop.otherwise) { use in
      if case .bind("loop") = use { bindsLoop = true }
    }
    if bindsLoop {
      throw TemplateError(.syntax, "The name 'loop' cannot be bound inside a loop", at: loop.iterated.position)
    }
    let iterated = try compile(loop.iterated)
    let usesLoop = loop.isRecursive || NameWalk.firstRead(of: ["loop"], in: loop.body).contains("loop")
    return try lenient(false) { (compiler) throws(TemplateError) in
      var test: (any Node)?
      if let syntax = loop.test { test = try compiler.compile(syntax) }
      return ForNode(
        target: compiler.compile(loop.target), iterated: iterated, test: test,
        body: compiler.noted(.turn, loop.iterated.start) + (try compiler.compile(loop.body)),
        otherwise: loop.otherwise.isEmpty
          ? [] : compiler.noted(.noTurn, loop.iterated.start) + (try compiler.compile(loop.otherwise)), usesLoop: usesLoop,
        isRecursive: loop.isRecursive,
        depth: Compiler.depth(of: loop.body))
    }
  }

  private mutating func macro(
    _ name: String?, _ parameters: [ParameterSyntax], _ body: [Statement], _ position: TemplatePosition
  ) throws(TemplateError) -> MacroDefinition {
    let read = NameWalk.firstRead(of: ["caller", "kwargs", "varargs"], in: body)
    let names = Set(parameters.map(\.name))
    if read.contains("caller"), parameters.contains(where: { $0.name == "caller" && $0.standard == nil }) {
      throw TemplateError(.syntax, "The parameter 'caller' of a macro needs a default", at: position)
    }
    let specials = MacroSpecials(
      caller: read.contains("caller"), keywords: read.contains("kwargs") && !names.contains("kwargs"),
      positional: read.contains("varargs") && !names.contains("varargs"))
    return try lenient(false) { (compiler) throws(TemplateError) in
      var compiled: [(symbol: Symbol, name: String, standard: (any Node)?)] = []
      for parameter in parameters {
        var standard: (any Node)?
        if let syntax = parameter.standard { standard = try compiler.compile(syntax) }
        compiled.append((Symbol(parameter.name), parameter.name, standard))
      }
      return MacroDefinition(
        name: name, parameters: compiled, body: try compiler.compile(body), specials: specials,
        depth: Compiler.depth(of: body))
    }
  }

  private func compile(_ target: Target) -> TargetNode {
    switch target {
    case .name(let name): .variable(Symbol(name))
    case .namespace(let name, let attribute):
      .namespace(variable(name, TemplatePosition(line: 1, column: 1)), attribute: attribute)
    case .tuple(let parts): .tuple(parts.map(compile))
    }
  }

  // MARK: Expressions

  private func variable(_ name: String, _ position: TemplatePosition) -> any Node {
    let fallback = environment.globals[name] ?? .undefined("'\(name)' is undefined")
    return bound.contains(name)
      ? ScopedVariableNode(Symbol(name), fallback: fallback, position)
      : VariableNode(Symbol(name), fallback: fallback, position)
  }

  private mutating func compile(_ call: CallSyntax) throws(TemplateError) -> CallNodes {
    var nodes = CallNodes()
    nodes.positional = try compile(call.positional)
    for (name, value) in call.keywords { nodes.keywords.append((name, try compile(value))) }
    if let list = call.unpackedList { nodes.unpackedList = try compile(list) }
    if let mapping = call.unpackedMapping { nodes.unpackedMapping = try compile(mapping) }
    return nodes
  }

  private mutating func compile(_ expressions: [Expression]) throws(TemplateError) -> [any Node] {
    var nodes: [any Node] = []
    for expression in expressions { nodes.append(try compile(expression)) }
    return nodes
  }

  private mutating func compile(_ expression: Expression?) throws(TemplateError) -> (any Node)? {
    guard let expression else { return nil }
    return try compile(expression) as any Node
  }

  private mutating func compile(_ expression: Expression) throws(TemplateError) -> any Node {
    let position = expression.position
    switch expression.kind {
    case .constant(let value): return ConstantNode(value, position)
    case .name(let name): return variable(name, position)
    case .list(let items): return ListNode(try compile(items), isTuple: false, position)
    case .tuple(let items): return ListNode(try compile(items), isTuple: true, position)
    case .dict(let items):
      var nodes: [(key: any Node, value: any Node)] = []
      for item in items { nodes.append((try compile(item.key), try compile(item.value))) }
      return DictNode(nodes, position)
    case .attribute(let object, let name):
      return AttributeNode(try compile(object), name, path: expression.path, position)
    case .item(let object, let item): return try compileItem(object, item, expression)
    // A slice among several subscripts, which no value here takes.
    case .slice: return ConstantNode(.none, position)
    case .call(let function, let call):
      let node = try compile(function)
      let arguments = try compile(call)
      if let attribute = node as? AttributeNode { return MethodCallNode(attribute, arguments, position) }
      return CallNode(node, arguments, position)
    case .filter(let operand, let name, let call):
      let filter = try filter(name, position)
      let node = try compile(operand) ?? BlockTextNode(position)
      return FilterNode(node, filter, try compile(call), position)
    case .test(let operand, let name, let call):
      let test = try test(name, position)
      return FilterNode(try compile(operand), test, try compile(call), position)
    case .unary(let operation, let operand): return folded(UnaryNode(operation, try compile(operand), position), [operand])
    case .binary(let operation, let left, let right):
      return folded(BinaryNode(operation, try compile(left), try compile(right), position), [left, right])
    case .not(let operand): return NotNode(try compile(operand), position)
    case .and(let left, let right):
      return LogicNode(try compile(left), noted(.secondOperand, try compile(right), at: right.start), isAnd: true, position)
    case .or(let left, let right):
      return LogicNode(try compile(left), noted(.secondOperand, try compile(right), at: right.start), isAnd: false, position)
    case .compare(let first, let rest):
      var nodes: [(comparison: Comparison, operand: any Node)] = []
      for (operation, operand) in rest { nodes.append((operation, try compile(operand))) }
      let node = try compile(first)
      guard let next = nodes.first else { return node }
      return CompareNode(node, next.comparison, next.operand, Array(nodes.dropFirst()), position)
    case .conditional(let test, let then, let otherwise):
      return try lenient(true) { (compiler) throws(TemplateError) in
        let condition = try compiler.compile(test)
        let held = compiler.noted(.holds, try compiler.compile(then), at: test.start)
        let failed = try compiler.compile(otherwise) ?? ConditionalNode.missing(at: position)
        return ConditionalNode(condition, held, compiler.noted(.fails, failed, at: test.start), position)
      }
    case .concatenation(let parts): return ConcatenationNode(try compile(parts), position)
    }
  }

  private mutating func compileItem(
    _ object: Expression, _ item: Expression, _ whole: Expression
  ) throws(TemplateError) -> any Node {
    let node = try compile(object)
    switch item.kind {
    case .slice(let start, let stop, let step):
      return SliceNode(node, try compile(start), try compile(stop), try compile(step), whole.position)
    // Longer ones are counted as they are looked up.
    case .constant(.string(let key)) where key.utf8.count < 1 << 10: return KeyNode(node, key, path: whole.path, whole.position)
    default: return ItemNode(node, try compile(item), path: whole.path, whole.position)
    }
  }

  private func filter(_ name: String, _ position: TemplatePosition) throws(TemplateError) -> Environment.Filter {
    if let filter = environment.filters[name] { return filter }
    let error = TemplateError(
      isLenient ? .runtime : .syntax, "There is no filter named '\(name)'", at: position, cause: .unknownFilter(name))
    guard isLenient else { throw error }
    return { (_, _, _) throws(TemplateError) in throw error }
  }

  /// The test as a filter that gives whether it holds.
  private func test(_ name: String, _ position: TemplatePosition) throws(TemplateError) -> Environment.Filter {
    if let test = environment.tests[name] {
      return { (value, arguments, evaluation) throws(TemplateError) in .bool(try test(value, arguments, &evaluation)) }
    }
    let error = TemplateError(
      isLenient ? .runtime : .syntax, "There is no test named '\(name)'", at: position, cause: .unknownTest(name))
    guard isLenient else { throw error }
    return { (_, _, _) throws(TemplateError) in throw error }
  }

  /// The value of an operation on constants, where there is one; an error waits until the operation is evaluated.
  private func folded(_ node: any Node, _ operands: [Expression]) -> any Node {
    guard operands.allSatisfy(\.isNumber) else { return node }
    var evaluation = Evaluation(
      environment: environment, context: Context(), limits: Limits(steps: 1_000, textSize: 1_000, listSize: 0))
    guard let value = try? node.evaluate(&evaluation) else { return node }
    return ConstantNode(value, node.position)
  }

  // MARK: Branches

  /// The node, which tells of itself where somebody follows the template.
  private mutating func noted(
    _ way: TemplateBranch.Way, _ node: any Node, at position: @autoclosure () -> TemplatePosition
  ) -> any Node {
    guard let note else { return node }
    let branch = TemplateBranch(way: way, position: position())
    branches.append(branch)
    return NotedNode(node, branch, note)
  }

  /// What tells of the statements that follow.
  private mutating func noted(
    _ way: TemplateBranch.Way, _ position: @autoclosure () -> TemplatePosition
  ) -> [any StatementNode] {
    guard let note else { return [] }
    let branch = TemplateBranch(way: way, position: position())
    branches.append(branch)
    return [NoteStatement(branch, note)]
  }

  // MARK: Depth

  /// How many levels of syntax statements hold, counting what an evaluation puts on the stack.
  private static func depth(of statements: [Statement]) -> Int {
    var deepest = 0
    NameWalk.visitExpressions(statements) { deepest = max(deepest, $0.depth) }
    return deepest + 10 + 3 * nesting(of: statements)
  }

  private static func nesting(of statements: [Statement]) -> Int {
    var deepest = 0
    for statement in statements { statement.forEachBody { deepest = max(deepest, nesting(of: $0)) } }
    return deepest + 1
  }
}

extension Expression {
  /// Where it begins: the first place of all that is in it.
  fileprivate var start: TemplatePosition {
    var first = position
    Expression.forEachChild(of: kind) { part in
      let start = part.start
      if (start.line, start.column) < (first.line, first.column) { first = start }
    }
    return first
  }

  /// The expression as an error names it: names and keys, the rest as dots.
  fileprivate var path: String {
    switch kind {
    case .name(let name): name
    case .attribute(let object, let name): "\(object.path).\(name)"
    case .item(let object, let item):
      if case .constant(.string(let key)) = item.kind {
        "\(object.path)['\(key)']"
      } else if case .constant(.int(let index)) = item.kind {
        "\(object.path)[\(index)]"
      } else {
        "\(object.path)[…]"
      }
    default: "…"
    }
  }

  fileprivate var isNumber: Bool {
    switch kind {
    case .constant(let value): value.number != nil
    case .unary(_, let operand): operand.isNumber
    case .binary(_, let left, let right): left.isNumber && right.isNumber
    default: false
    }
  }
}
