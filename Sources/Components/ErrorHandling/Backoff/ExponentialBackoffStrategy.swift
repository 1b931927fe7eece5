import ConnectorModel
import Jinja

/// Doubles the wait with each attempt: `factor` · 2 to the power of the attempt's number.
struct ExponentialBackoffStrategy: Component, BackoffStrategy {
  private let factor: InterpolatedNumber?
  private let jitter: Jitter

  init(from node: ComponentNode, in scope: BuildScope) throws {
    factor = try node["factor"].map { try InterpolatedNumber($0, of: node, in: scope) }
    jitter = Jitter(node, in: scope)
  }

  func delay(after attempt: Attempt, number: Int) throws -> Double? {
    let exponent = Double(sign: .plus, exponent: min(number, 1000), significand: 1)
    return try jitter.applied(to: (factor?.value() ?? 5) * exponent)
  }
}
