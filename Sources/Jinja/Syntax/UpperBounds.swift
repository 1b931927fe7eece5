/// A comparison by which a template is true if a variable is small.
package struct UpperBound: Equatable, Sendable {
  /// The bound, where it is a whole number that is written down.
  package let number: Int?
  /// Whether the variable has to be less than it, and may not be equal.
  package let isStrict: Bool
}

extension UpperBound {
  /// The upper bounds on `variable` that a template's truth follows from: those in an expression that is alone, or as the test
  /// of an `if` that writes something true and nothing else, under `and` and `or` at most.
  ///
  /// Bounds that name `follower` do not count, nor do those on what arithmetic makes of the variable.
  /// - Parameter falseTexts: the texts that count as false if they are all that a template writes.
  /// - Returns: none if the template cannot be read.
  package static func all(
    on variable: String, besides follower: String, in source: String, falseTexts: Set<String>
  ) -> [UpperBound] {
    guard var parser = try? Parser(source), let statements = try? parser.parse(), statements.count == 1,
      let expression = decider(of: statements[0], falseTexts)
    else { return [] }
    return bounds(on: variable, besides: follower, in: expression)
  }

  /// The expression that a template of one statement is as true as.
  private static func decider(of statement: Statement, _ falseTexts: Set<String>) -> Expression? {
    switch statement.kind {
    case .output(let pieces):
      guard pieces.count == 1, case .expression(let expression) = pieces[0] else { return nil }
      return expression
    case .conditional(let branches, let otherwise):
      guard branches.count == 1, otherwise.isEmpty, let text = constantText(branches[0].body) else { return nil }
      return falseTexts.contains(text) ? nil : branches[0].test
    default: return nil
    }
  }

  /// What statements write that are only text and constants.
  private static func constantText(_ statements: [Statement]) -> String? {
    var text = ""
    for statement in statements {
      guard case .output(let pieces) = statement.kind else { return nil }
      for piece in pieces {
        switch piece {
        case .text(let part): text += part
        case .expression(let expression):
          switch expression.kind {
          case .constant(.string(let part)): text += part
          case .constant(.int(let number)): text += String(number)
          case .constant(.bool(let flag)): text += flag ? "True" : "False"
          default: return nil
          }
        }
      }
    }
    return text
  }

  private static func bounds(on variable: String, besides follower: String, in expression: Expression) -> [UpperBound] {
    switch expression.kind {
    case .and(let left, let right), .or(let left, let right):
      return bounds(on: variable, besides: follower, in: left) + bounds(on: variable, besides: follower, in: right)
    case .compare(let first, let rest):
      var left = first
      return rest.compactMap { part in
        defer { left = part.operand }
        return bound(on: variable, besides: follower, left, part.operation, part.operand)
      }
    default: return []
    }
  }

  private static func bound(
    on variable: String, besides follower: String, _ left: Expression, _ operation: Comparison, _ right: Expression
  ) -> UpperBound? {
    let (bounded, limit): (Expression, Expression)
    let isStrict: Bool
    switch operation {
    case .less, .lessOrEqual: (bounded, limit, isStrict) = (left, right, operation == .less)
    case .greater, .greaterOrEqual: (bounded, limit, isStrict) = (right, left, operation == .greater)
    default: return nil
    }
    guard bounded.names(variable), !limit.names(variable), !limit.names(follower) else { return nil }
    switch bounded.kind {
    case .binary, .and, .or: return nil
    default: break
    }
    guard case .constant(.int(let number)) = limit.kind else { return UpperBound(number: nil, isStrict: isStrict) }
    return UpperBound(number: number, isStrict: isStrict)
  }
}

extension Expression {
  /// Whether a name is anywhere in the expression.
  fileprivate func names(_ name: String) -> Bool {
    if case .name(let own) = kind { return own == name }
    var isNamed = false
    Expression.forEachChild(of: kind) { isNamed = isNamed || $0.names(name) }
    return isNamed
  }
}
