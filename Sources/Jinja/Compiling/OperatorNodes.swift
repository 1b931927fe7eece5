final class BinaryNode: Node {
  let position: TemplatePosition
  private let operation: BinaryOperator
  private let left: any Node
  private let right: any Node

  init(_ operation: BinaryOperator, _ left: any Node, _ right: any Node, _ position: TemplatePosition) {
    self.operation = operation
    self.left = left
    self.right = right
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let first = try left.evaluate(&evaluation)
    let second = try right.evaluate(&evaluation)
    do throws(TemplateError) {
      return try operation.apply(first, second, &evaluation)
    } catch {
      throw error.located(at: position)
    }
  }
}

final class UnaryNode: Node {
  let position: TemplatePosition
  private let operation: UnaryOperator
  private let operand: any Node

  init(_ operation: UnaryOperator, _ operand: any Node, _ position: TemplatePosition) {
    self.operation = operation
    self.operand = operand
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let value = try operand.evaluate(&evaluation)
    do throws(TemplateError) {
      return try operation.apply(value)
    } catch {
      throw error.located(at: position)
    }
  }
}

final class NotNode: Node {
  let position: TemplatePosition
  private let operand: any Node

  init(_ operand: any Node, _ position: TemplatePosition) {
    self.operand = operand
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    .bool(!(try operand.evaluate(&evaluation).isTruthy))
  }
}

/// `and` and `or`, which give the operand that decides.
final class LogicNode: Node {
  let position: TemplatePosition
  private let left: any Node
  private let right: any Node
  private let isAnd: Bool

  init(_ left: any Node, _ right: any Node, isAnd: Bool, _ position: TemplatePosition) {
    self.left = left
    self.right = right
    self.isAnd = isAnd
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let first = try left.evaluate(&evaluation)
    return first.isTruthy == isAnd ? try right.evaluate(&evaluation) : first
  }
}

final class CompareNode: Node {
  let position: TemplatePosition
  private let first: any Node
  private let comparison: Comparison
  private let second: any Node
  /// What follows in `a < b < c`.
  private let rest: [(comparison: Comparison, operand: any Node)]

  init(
    _ first: any Node, _ comparison: Comparison, _ second: any Node, _ rest: [(comparison: Comparison, operand: any Node)],
    _ position: TemplatePosition
  ) {
    self.first = first
    self.comparison = comparison
    self.second = second
    self.rest = rest
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
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
    case .equal: try left.isEqual(to: right, &evaluation)
    case .notEqual: !(try left.isEqual(to: right, &evaluation))
    case .less: try left.compare(.less, to: right, &evaluation)
    case .lessOrEqual: try left.compare(.lessOrEqual, to: right, &evaluation)
    case .greater: try left.compare(.greater, to: right, &evaluation)
    case .greaterOrEqual: try left.compare(.greaterOrEqual, to: right, &evaluation)
    case .contained: try right.contains(left, &evaluation)
    case .notContained: !(try right.contains(left, &evaluation))
    }
  }
}

final class ConditionalNode: Node {
  let position: TemplatePosition
  private let test: any Node
  private let then: any Node
  private let otherwise: any Node

  init(_ test: any Node, _ then: any Node, _ otherwise: any Node, _ position: TemplatePosition) {
    self.test = test
    self.then = then
    self.otherwise = otherwise
    self.position = position
  }

  /// What a condition gives that has no `else`.
  static func missing(at position: TemplatePosition) -> any Node {
    ConstantNode(.undefined("An inline condition is false and has no else"), position)
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    try test.evaluate(&evaluation).isTruthy ? try then.evaluate(&evaluation) : try otherwise.evaluate(&evaluation)
  }
}

/// `a ~ b ~ c`.
final class ConcatenationNode: Node {
  let position: TemplatePosition
  private let parts: [any Node]

  init(_ parts: [any Node], _ position: TemplatePosition) {
    self.parts = parts
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    if evaluation.isEscaping { return try joinMarkup(&evaluation) }
    var result = ""
    for part in parts {
      let text = try part.evaluate(&evaluation).text(&evaluation)
      try evaluation.charge(text: result.utf8.count + text.utf8.count, adding: text.utf8.count)
      result += text
    }
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
    for value in values {
      let text = isMarkup ? try value.escaped(&evaluation) : try value.text(&evaluation)
      try evaluation.charge(text: result.utf8.count + text.utf8.count, adding: text.utf8.count)
      result += text
    }
    return isMarkup ? .markup(result) : .string(result)
  }
}
