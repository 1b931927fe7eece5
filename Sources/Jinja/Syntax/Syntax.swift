/// An expression as it was written.
final class Expression {
  indirect enum Kind {
    case constant(Value)
    case name(String)
    case list([Expression])
    case tuple([Expression])
    case dict([(key: Expression, value: Expression)])
    case attribute(Expression, String)
    case item(Expression, Expression)
    case slice(Expression?, Expression?, Expression?)
    case call(Expression, CallSyntax)
    /// A filter; without an operand inside a filter block or a block assignment.
    case filter(Expression?, String, CallSyntax)
    case test(Expression, String, CallSyntax)
    case unary(UnaryOperator, Expression)
    case binary(BinaryOperator, Expression, Expression)
    case not(Expression)
    case and(Expression, Expression)
    case or(Expression, Expression)
    case compare(Expression, [(operation: Comparison, operand: Expression)])
    case conditional(test: Expression, then: Expression, otherwise: Expression?)
    case concatenation([Expression])
  }

  let kind: Kind
  let position: TemplatePosition
  /// How many levels of expressions are in it; bounded, so that neither compiling nor evaluating can exhaust the stack.
  let depth: Int

  init(_ kind: Kind, at position: TemplatePosition) throws(TemplateError) {
    self.kind = kind
    self.position = position
    var deepest = 0
    Expression.forEachChild(of: kind) { deepest = max(deepest, $0.depth) }
    depth = deepest + 1
    if depth > Limits.expressionDepth {
      throw TemplateError(.limit, "An expression is nested more than \(Limits.expressionDepth) levels deep", at: position)
    }
  }

  /// Calls `body` with each direct part, in the order of Jinja's node fields, which the rules on names follow.
  static func forEachChild(of kind: Kind, _ body: (Expression) -> Void) {
    switch kind {
    case .constant, .name: break
    case .list(let items), .tuple(let items), .concatenation(let items): items.forEach(body)
    case .dict(let items):
      for item in items {
        body(item.key)
        body(item.value)
      }
    case .attribute(let object, _): body(object)
    case .item(let object, let item):
      body(object)
      body(item)
    case .slice(let start, let stop, let step):
      for part in [start, stop, step] { part.map(body) }
    case .call(let function, let call):
      body(function)
      call.forEachChild(body)
    case .filter(let operand, _, let call):
      operand.map(body)
      call.forEachChild(body)
    case .test(let operand, _, let call):
      body(operand)
      call.forEachChild(body)
    case .unary(_, let operand), .not(let operand): body(operand)
    case .binary(_, let left, let right), .and(let left, let right), .or(let left, let right):
      body(left)
      body(right)
    case .compare(let first, let rest):
      body(first)
      rest.forEach { body($0.operand) }
    case .conditional(let test, let then, let otherwise):
      body(test)
      body(then)
      otherwise.map(body)
    }
  }
}

/// The arguments of a call, a filter or a test.
struct CallSyntax {
  var positional: [Expression] = []
  var keywords: [(name: String, value: Expression)] = []
  var unpackedList: Expression?
  var unpackedMapping: Expression?

  var isEmpty: Bool { positional.isEmpty && keywords.isEmpty && unpackedList == nil && unpackedMapping == nil }

  func forEachChild(_ body: (Expression) -> Void) {
    positional.forEach(body)
    keywords.forEach { body($0.value) }
    unpackedList.map(body)
    unpackedMapping.map(body)
  }
}

enum UnaryOperator {
  case negate, plus
}

enum BinaryOperator: String {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case modulo = "%"
  case power = "**"
}

enum Comparison: String {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case contained = "in"
  case notContained = "not in"
}

/// What an assignment or a loop binds.
indirect enum Target {
  case name(String)
  case namespace(String, attribute: String)
  case tuple([Target])

  func forEachName(_ body: (String) -> Void) {
    switch self {
    case .name(let name): body(name)
    case .namespace: break
    case .tuple(let parts): parts.forEach { $0.forEachName(body) }
    }
  }
}

/// A parameter of a macro or of a call block.
struct ParameterSyntax {
  let name: String
  var standard: Expression?
}

/// A statement as it was written.
struct Statement {
  indirect enum Kind {
    case output([OutputPiece])
    case conditional(branches: [(test: Expression, body: [Statement])], otherwise: [Statement])
    case loop(LoopSyntax)
    case assign(Target, Expression)
    case assignBlock(Target, filter: Expression?, body: [Statement])
    case with([(target: Target, value: Expression)], body: [Statement])
    case macro(name: String, parameters: [ParameterSyntax], body: [Statement])
    case callBlock(call: Expression, parameters: [ParameterSyntax], body: [Statement])
    case filterBlock(filter: Expression, body: [Statement])
    case autoescape(Expression, body: [Statement])
    case block(name: String, isScoped: Bool, body: [Statement])
    /// A tag that needs other templates: the names that it binds, if any.
    case loading(tag: String, template: Expression, names: [String])
  }

  let kind: Kind
  let position: TemplatePosition
}

enum OutputPiece {
  case text(String)
  case expression(Expression)
}

struct LoopSyntax {
  let target: Target
  let iterated: Expression
  let test: Expression?
  let isRecursive: Bool
  let body: [Statement]
  let otherwise: [Statement]
}
