final class BinaryNode: Node, @unchecked Sendable {
  private let operation: BinaryOperator
  private let left: Node
  private let right: Node

  init(_ operation: BinaryOperator, _ left: Node, _ right: Node, _ position: TemplatePosition) {
    self.operation = operation
    self.left = left
    self.right = right
    super.init(position)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let first = try left.evaluate(&evaluation)
    let second = try right.evaluate(&evaluation)
    do throws(TemplateError) {
      return try operation.apply(first, second, &evaluation)
    } catch {
      throw error.located(at: position)
    }
  }
}

final class UnaryNode: Node, @unchecked Sendable {
  private let operation: UnaryOperator
  private let operand: Node

  init(_ operation: UnaryOperator, _ operand: Node, _ position: TemplatePosition) {
    self.operation = operation
    self.operand = operand
    super.init(position)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let value = try operand.evaluate(&evaluation)
    do throws(TemplateError) {
      return try operation.apply(value)
    } catch {
      throw error.located(at: position)
    }
  }
}

final class NotNode: Node, @unchecked Sendable {
  private let operand: Node

  init(_ operand: Node, _ position: TemplatePosition) {
    self.operand = operand
    super.init(position)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    .bool(!(try operand.evaluate(&evaluation).isTruthy))
  }
}

/// `and` and `or`, which give the operand that decides.
final class LogicNode: Node, @unchecked Sendable {
  private let left: Node
  private let right: Node
  private let isAnd: Bool

  init(_ left: Node, _ right: Node, isAnd: Bool, _ position: TemplatePosition) {
    self.left = left
    self.right = right
    self.isAnd = isAnd
    super.init(position)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let first = try left.evaluate(&evaluation)
    return first.isTruthy == isAnd ? try right.evaluate(&evaluation) : first
  }
}

final class CompareNode: Node, @unchecked Sendable {
  private let first: Node
  private let comparison: Comparison
  private let second: Node
  /// What follows in `a < b < c`.
  private let rest: [(comparison: Comparison, operand: Node)]

  init(
    _ first: Node, _ comparison: Comparison, _ second: Node, _ rest: [(comparison: Comparison, operand: Node)],
    _ position: TemplatePosition
  ) {
    self.first = first
    self.comparison = comparison
    self.second = second
    self.rest = rest
    super.init(position)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let left = try first.evaluate(&evaluation)
    var right = try second.evaluate(&evaluation)
    guard try holds(comparison, left, right, &evaluation) else { return .bool(false) }
    for (comparison, operand) in rest {
      let next = try operand.evaluate(&evaluation)
      guard try holds(comparison, right, next, &evaluation) else { return .bool(false) }
      right = next
    }
    return .bool(true)
  }

  @inline(__always)
  private func holds(
    _ comparison: Comparison, _ left: Value, _ right: Value, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Bool {
    do throws(TemplateError) {
      return try comparison.holds(left, right, &evaluation)
    } catch {
      throw error.located(at: position)
    }
  }
}

extension Comparison {
  func holds(_ left: Value, _ right: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> Bool {
    switch self {
    case .equal: left.isEqual(to: right)
    case .notEqual: !left.isEqual(to: right)
    case .less: try left.compare(.less, to: right)
    case .lessOrEqual: try left.compare(.lessOrEqual, to: right)
    case .greater: try left.compare(.greater, to: right)
    case .greaterOrEqual: try left.compare(.greaterOrEqual, to: right)
    case .contained: try right.contains(left, &evaluation)
    case .notContained: !(try right.contains(left, &evaluation))
    }
  }
}

final class ConditionalNode: Node, @unchecked Sendable {
  private let test: Node
  private let then: Node
  private let otherwise: Node

  init(_ test: Node, _ then: Node, _ otherwise: Node?, _ position: TemplatePosition) {
    self.test = test
    self.then = then
    let missing = Value.undefined("An inline condition is false and has no else.")
    self.otherwise = otherwise ?? ConstantNode(missing, position)
    super.init(position)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    try test.evaluate(&evaluation).isTruthy ? try then.evaluate(&evaluation) : try otherwise.evaluate(&evaluation)
  }
}

/// `a ~ b ~ c`.
final class ConcatenationNode: Node, @unchecked Sendable {
  private let parts: [Node]

  init(_ parts: [Node], _ position: TemplatePosition) {
    self.parts = parts
    super.init(position)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    if evaluation.isEscaping { return try joinMarkup(&evaluation) }
    var result = ""
    for part in parts { result += try part.evaluate(&evaluation).text(&evaluation) }
    try evaluation.charge(text: result.utf8.count)
    return .string(result)
  }

  // As soon as one part is safe the others are escaped.
  private func joinMarkup(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    var values: [Value] = []
    var isMarkup = false
    for part in parts {
      let value = try part.evaluate(&evaluation)
      if case .markup = value { isMarkup = true }
      values.append(value)
    }
    var result = ""
    for value in values { result += isMarkup ? try value.escaped(&evaluation) : try value.text(&evaluation) }
    try evaluation.charge(text: result.utf8.count)
    return isMarkup ? .markup(result) : .string(result)
  }
}
