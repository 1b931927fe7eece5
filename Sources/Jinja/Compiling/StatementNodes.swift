/// A statement ready to be executed.
protocol StatementNode: AnyObject, Sendable {
  func execute(_ evaluation: inout Evaluation, _ output: inout String) throws(TemplateError)
}

extension [any StatementNode] {
  func execute(_ evaluation: inout Evaluation, _ output: inout String) throws(TemplateError) {
    for statement in self { try statement.execute(&evaluation, &output) }
  }
}

extension Evaluation {
  /// Runs `body` with its own scope inside `parent`, by default the current one.
  mutating func scoped<Result>(
    in parent: Scope?, _ body: (inout Evaluation) throws(TemplateError) -> Result
  ) throws(TemplateError) -> Result {
    let outer = scope
    let inner = Scope(parent: parent)
    scope = inner
    // A macro holds the scope it was made in, and the scope holds the macro.
    defer {
      inner.clear()
      scope = outer
    }
    return try body(&self)
  }

  /// A block's text as a value, safe where it was escaped piece by piece.
  func blockValue(_ text: String) -> Value { isEscaping ? .markup(text) : .string(text) }
}

final class TextNode: StatementNode {
  let text: String

  init(_ text: String) { self.text = text }

  func execute(_ evaluation: inout Evaluation, _ output: inout String) throws(TemplateError) {
    try evaluation.charge(text: output.utf8.count + text.utf8.count, adding: text.utf8.count)
    output += text
  }
}

final class PrintNode: StatementNode {
  let expression: any Node

  init(_ expression: any Node) { self.expression = expression }

  func execute(_ evaluation: inout Evaluation, _ output: inout String) throws(TemplateError) {
    let text = try self.text(&evaluation)
    try evaluation.charge(text: output.utf8.count + text.utf8.count, adding: text.utf8.count)
    output += text
  }

  /// What is printed.
  func text(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    let value = try expression.evaluate(&evaluation)
    do throws(TemplateError) {
      return evaluation.isEscaping ? try value.escaped(&evaluation) : try value.text(&evaluation)
    } catch {
      throw error.located(at: expression.position)
    }
  }
}

final class IfNode: StatementNode {
  private let branches: [(test: any Node, body: [any StatementNode])]
  private let otherwise: [any StatementNode]

  init(_ branches: [(test: any Node, body: [any StatementNode])], _ otherwise: [any StatementNode]) {
    self.branches = branches
    self.otherwise = otherwise
  }

  func execute(_ evaluation: inout Evaluation, _ output: inout String) throws(TemplateError) {
    for (test, body) in branches where try test.evaluate(&evaluation).isTruthy {
      return try body.execute(&evaluation, &output)
    }
    try otherwise.execute(&evaluation, &output)
  }
}

/// What an assignment binds.
indirect enum TargetNode: Sendable {
  case variable(Symbol)
  case namespace(any Node, attribute: String)
  case tuple([TargetNode])

  func bind(_ value: Value, _ evaluation: inout Evaluation) throws(TemplateError) {
    switch self {
    case .variable(let symbol): evaluation.scope?.set(symbol, value)
    case .namespace(let node, let attribute):
      guard case .object(let object) = try node.evaluate(&evaluation), let namespace = object as? Namespace else {
        throw TemplateError(.runtime, "Only a namespace's attributes can be assigned to")
      }
      try namespace.set(attribute, value, &evaluation)
    case .tuple(let targets):
      if case .undefined(let reason) = value, reason.isForbidden { throw reason.error }
      guard value.isIterable else {
        throw TemplateError(.type, "A value of type \(value.typeName) cannot be unpacked")
      }
      let items = try value.elements(&evaluation)
      guard items.count == targets.count else {
        throw TemplateError(.value, "\(items.count) values cannot be unpacked into \(targets.count) names")
      }
      for (target, item) in zip(targets, items) { try target.bind(item, &evaluation) }
    }
  }
}

final class AssignNode: StatementNode {
  private let target: TargetNode
  private let value: any Node

  init(_ target: TargetNode, _ value: any Node) {
    self.target = target
    self.value = value
  }

  func execute(_ evaluation: inout Evaluation, _ output: inout String) throws(TemplateError) {
    let result = try value.evaluate(&evaluation)
    do throws(TemplateError) {
      try target.bind(result, &evaluation)
    } catch {
      throw error.located(at: value.position)
    }
  }
}

final class AssignBlockNode: StatementNode {
  private let target: TargetNode
  private let filter: (any Node)?
  private let body: [any StatementNode]
  private let position: TemplatePosition

  init(_ target: TargetNode, _ filter: (any Node)?, _ body: [any StatementNode], _ position: TemplatePosition) {
    self.target = target
    self.filter = filter
    self.body = body
    self.position = position
  }

  func execute(_ evaluation: inout Evaluation, _ output: inout String) throws(TemplateError) {
    let value = try evaluation.scoped(in: evaluation.scope) { (evaluation) throws(TemplateError) -> Value in
      var text = ""
      try body.execute(&evaluation, &text)
      let value = evaluation.blockValue(text)
      guard let filter else { return value }
      evaluation.scope?.set(BlockTextNode.symbol, value)
      return try filter.evaluate(&evaluation)
    }
    do throws(TemplateError) {
      try target.bind(value, &evaluation)
    } catch {
      throw error.located(at: position)
    }
  }
}

final class WithNode: StatementNode {
  private let bindings: [(target: TargetNode, value: any Node)]
  private let body: [any StatementNode]

  init(_ bindings: [(target: TargetNode, value: any Node)], _ body: [any StatementNode]) {
    self.bindings = bindings
    self.body = body
  }

  func execute(_ evaluation: inout Evaluation, _ output: inout String) throws(TemplateError) {
    var values: [Value] = []
    for (_, node) in bindings { values.append(try node.evaluate(&evaluation)) }
    try evaluation.scoped(in: evaluation.scope) { (evaluation) throws(TemplateError) in
      for (binding, value) in zip(bindings, values) { try binding.target.bind(value, &evaluation) }
      try body.execute(&evaluation, &output)
    }
  }
}

final class FilterBlockNode: StatementNode {
  private let filter: any Node
  private let body: [any StatementNode]

  init(_ filter: any Node, _ body: [any StatementNode]) {
    self.filter = filter
    self.body = body
  }

  func execute(_ evaluation: inout Evaluation, _ output: inout String) throws(TemplateError) {
    output += try evaluation.scoped(in: evaluation.scope) { (evaluation) throws(TemplateError) -> String in
      var text = ""
      try body.execute(&evaluation, &text)
      evaluation.scope?.set(BlockTextNode.symbol, evaluation.blockValue(text))
      let value = try filter.evaluate(&evaluation)
      return evaluation.isEscaping ? try value.escaped(&evaluation) : try value.text(&evaluation)
    }
    try evaluation.checkSize(text: output.utf8.count)
  }
}

final class AutoescapeNode: StatementNode {
  private let condition: any Node
  private let body: [any StatementNode]

  init(_ condition: any Node, _ body: [any StatementNode]) {
    self.condition = condition
    self.body = body
  }

  func execute(_ evaluation: inout Evaluation, _ output: inout String) throws(TemplateError) {
    let outer = evaluation.isEscaping
    evaluation.isEscaping = try condition.evaluate(&evaluation).isTruthy
    defer { evaluation.isEscaping = outer }
    try evaluation.scoped(in: evaluation.scope) { (evaluation) throws(TemplateError) in
      try body.execute(&evaluation, &output)
    }
  }
}

/// A block, which stays where it is since no template extends another one here.
final class BlockNode: StatementNode {
  private let body: [any StatementNode]
  private let isScoped: Bool

  init(_ body: [any StatementNode], isScoped: Bool) {
    self.body = body
    self.isScoped = isScoped
  }

  func execute(_ evaluation: inout Evaluation, _ output: inout String) throws(TemplateError) {
    // What loops and macros bind is not seen in a block unless it says so; what the template's top binds is.
    var parent = evaluation.scope
    while !isScoped, let outer = parent?.parent { parent = outer }
    try evaluation.scoped(in: parent) { (evaluation) throws(TemplateError) in try body.execute(&evaluation, &output) }
  }
}

/// A tag that needs another template, of which there are none.
final class LoadingNode: StatementNode {
  private let tag: String
  private let position: TemplatePosition

  init(_ tag: String, _ position: TemplatePosition) {
    self.tag = tag
    self.position = position
  }

  func execute(_ evaluation: inout Evaluation, _ output: inout String) throws(TemplateError) {
    throw TemplateError(.type, "'\(tag)' needs other templates, and there are none to load", at: position)
  }
}
