import ConnectorModel

/// Waits as long as a response header says, in seconds or by a date (RFC 9110 §10.2.3).
struct WaitTimeFromHeader: Component, BackoffStrategy {
  private let header: HeaderTime
  private let limit: WaitLimit

  init(from node: ComponentNode, in scope: BuildScope) throws {
    header = try HeaderTime(node, in: scope)
    limit = try WaitLimit(node, in: scope)
  }

  func delay(after attempt: Attempt, number: Int) throws -> Double? {
    guard let response = attempt.response, let wait = try header.wait(in: response) else { return nil }
    // A header of 0 asks for no wait: no limit refuses that.
    if wait != 0 { try limit.check(wait) }
    return wait
  }

  func origin(of attempt: Attempt) -> String? { attempt.response.flatMap(header.shown) }
}
