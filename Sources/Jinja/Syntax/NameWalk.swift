/// A walk over the names that a template reads and binds, in the order in which Jinja visits them.
enum NameWalk {
  enum Use {
    case read(String)
    case bind(String)
  }

  /// Visits an expression and all below it.
  static func visit(_ expression: Expression, _ body: (Use) -> Void) {
    if case .name(let name) = expression.kind { body(.read(name)) }
    Expression.forEachChild(of: expression.kind) { visit($0, body) }
  }

  /// Visits statements and all below them; blocks only with `intoBlocks`.
  static func visit(_ statements: [Statement], intoBlocks: Bool = true, _ body: (Use) -> Void) {
    for statement in statements { visit(statement, intoBlocks, body) }
  }

  private static func visit(_ target: Target, _ body: (Use) -> Void) {
    target.forEachName { body(.bind($0)) }
  }

  private static func visit(_ statement: Statement, _ intoBlocks: Bool, _ body: (Use) -> Void) {
    func walk(_ statements: [Statement]) { visit(statements, intoBlocks: intoBlocks, body) }
    switch statement.kind {
    case .output(let pieces):
      for case .expression(let expression) in pieces { visit(expression, body) }
    case .conditional(let branches, let otherwise):
      for branch in branches {
        visit(branch.test, body)
        walk(branch.body)
      }
      walk(otherwise)
    case .loop(let loop):
      visit(loop.target, body)
      visit(loop.iterated, body)
      walk(loop.body)
      walk(loop.otherwise)
      if let test = loop.test { visit(test, body) }
    case .assign(let target, let value):
      visit(target, body)
      visit(value, body)
    case .assignBlock(let target, let filter, let inner):
      visit(target, body)
      if let filter { visit(filter, body) }
      walk(inner)
    case .with(let bindings, let inner):
      for binding in bindings { visit(binding.target, body) }
      for binding in bindings { visit(binding.value, body) }
      walk(inner)
    case .macro(let name, let parameters, let inner):
      body(.bind(name))
      visit(parameters, inner, intoBlocks, body)
    case .callBlock(let call, let parameters, let inner):
      visit(call, body)
      visit(parameters, inner, intoBlocks, body)
    case .filterBlock(let filter, let inner):
      walk(inner)
      visit(filter, body)
    case .autoescape(let condition, let inner):
      visit(condition, body)
      walk(inner)
    case .block(_, _, let inner): if intoBlocks { walk(inner) }
    case .loading(_, let template, let names):
      visit(template, body)
      names.forEach { body(.bind($0)) }
    }
  }

  private static func visit(
    _ parameters: [ParameterSyntax], _ inner: [Statement], _ intoBlocks: Bool, _ body: (Use) -> Void
  ) {
    for parameter in parameters { body(.bind(parameter.name)) }
    for parameter in parameters { parameter.standard.map { visit($0, body) } }
    visit(inner, intoBlocks: intoBlocks, body)
  }

  /// Which of `names` are read before they are bound, which is how Jinja decides on `loop`, `caller` and others.
  static func firstRead(of names: Set<String>, in statements: [Statement]) -> Set<String> {
    var open = names
    var found: Set<String> = []
    visit(statements, intoBlocks: false) { use in
      switch use {
      case .read(let name): if open.contains(name) { found.insert(name) }
      case .bind(let name): open.remove(name)
      }
    }
    return found
  }
}

extension NameWalk {
  /// The names of globals that statements read.
  static func globals(_ environment: Environment, in statements: [Statement]) -> Set<String> {
    var found: Set<String> = []
    visit(statements) { use in
      if case .read(let name) = use, environment.globals[name] != nil { found.insert(name) }
    }
    return found
  }

  /// Whether an expression in the statements, at any depth, fulfils `condition`.
  static func contains(_ statements: [Statement], where condition: (Expression) -> Bool) -> Bool {
    var found = false
    func look(_ expression: Expression) {
      found = found || condition(expression)
      Expression.forEachChild(of: expression.kind, look)
    }
    visitExpressions(statements, look)
    return found
  }

  /// Visits each outermost expression of statements and of the statements inside them.
  static func visitExpressions(_ statements: [Statement], _ body: (Expression) -> Void) {
    for statement in statements {
      statement.expressions.forEach(body)
      statement.forEachBody { visitExpressions($0, body) }
    }
  }
}

extension Expression {
  /// Whether it may give something else each time, or change what it is given.
  var isImpure: Bool {
    switch kind {
    case .call(let function, _): if case .attribute(_, "get") = function.kind { false } else { true }
    case .filter(_, let name, _): name == "random"
    default: false
    }
  }
}

extension Statement {
  /// The expressions of the statement itself.
  var expressions: [Expression] {
    switch kind {
    case .output(let pieces):
      pieces.compactMap { piece in
        if case .expression(let expression) = piece { expression } else { nil }
      }
    case .conditional(let branches, _): branches.map(\.test)
    case .loop(let loop): [loop.iterated] + [loop.test].compactMap { $0 }
    case .assign(_, let value): [value]
    case .assignBlock(_, let filter, _): [filter].compactMap { $0 }
    case .with(let bindings, _): bindings.map(\.value)
    case .macro(_, let parameters, _): parameters.compactMap(\.standard)
    case .callBlock(let call, let parameters, _): [call] + parameters.compactMap(\.standard)
    case .filterBlock(let filter, _): [filter]
    case .autoescape(let condition, _): [condition]
    case .block: []
    case .loading(_, let template, _): [template]
    }
  }

  /// Calls `body` with each list of statements inside it.
  func forEachBody(_ body: ([Statement]) -> Void) {
    switch kind {
    case .output, .assign, .loading: break
    case .conditional(let branches, let otherwise):
      branches.forEach { body($0.body) }
      body(otherwise)
    case .loop(let loop):
      body(loop.body)
      body(loop.otherwise)
    case .assignBlock(_, _, let inner), .with(_, let inner), .macro(_, _, let inner), .callBlock(_, _, let inner),
      .filterBlock(_, let inner), .autoescape(_, let inner), .block(_, _, let inner):
      body(inner)
    }
  }
}
