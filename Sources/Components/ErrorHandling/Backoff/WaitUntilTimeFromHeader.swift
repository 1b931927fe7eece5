import ConnectorModel
import Jinja

/// Waits until the time that a response header names, in seconds since the epoch or by a date.
struct WaitUntilTimeFromHeader: Component, BackoffStrategy {
  private let header: HeaderTime
  private let minimum: InterpolatedNumber?
  private let limit: WaitLimit
  private let now: @Sendable () -> Int64

  init(from node: ComponentNode, in scope: BuildScope) throws {
    header = try HeaderTime(node, in: scope)
    minimum = try node["min_wait"].map { try InterpolatedNumber($0, of: node, in: scope) }
    limit = try WaitLimit(node, in: scope)
    now = scope.runtime.now
  }

  func delay(after attempt: Attempt, number: Int) throws -> Double? {
    let minimum = try minimum?.value() ?? 0
    let until = try attempt.response.flatMap { try header.moment(in: $0) } ?? 0
    if until == 0 { return minimum == 0 ? nil : try limit.checked(minimum) }
    let wait = until - Double(now()) / 1_000_000
    if minimum != 0 { return try limit.checked(max(wait, minimum)) }
    return wait < 0 ? nil : try limit.checked(wait)
  }

  func origin(of attempt: Attempt) -> String? { attempt.response.flatMap(header.shown) }
}
