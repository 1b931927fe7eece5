import ConnectorModel
import Jinja

/// Waits the same time before each attempt.
struct ConstantBackoffStrategy: Component, BackoffStrategy {
  private let seconds: InterpolatedNumber
  private let jitter: Jitter

  init(from node: ComponentNode, in scope: BuildScope) throws {
    seconds = try InterpolatedNumber(node.required("backoff_time_in_seconds"), of: node, in: scope)
    jitter = Jitter(node, in: scope)
  }

  func delay(after attempt: Attempt, number: Int) throws -> Double? { try jitter.applied(to: seconds.value()) }
}
