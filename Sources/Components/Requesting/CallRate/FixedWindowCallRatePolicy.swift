import AirbyteProtocol
import ConnectorModel
import Manifest

/// So many calls per window, where one window follows the other.
struct FixedWindowCallRatePolicy: Component, CallRatePolicy {
  let matchers: [HttpRequestRegexMatcher]
  private let limit: Int
  private let period: Int64

  init(from node: ComponentNode, in scope: BuildScope) throws {
    matchers = try CallRateNode.matchers(node, scope)
    guard let limit = try node.int("call_limit") else {
      throw ConnectorError(
        .system, "`FixedWindowCallRatePolicy` needs `call_limit`", at: node.node, cause: .missing(["call_limit"]))
    }
    self.limit = limit
    period = try CallRateNode.microseconds("period", node)
  }

  func counter(at now: Int64, share: RunShare) -> (any CallRateCounter)? {
    let (calls, windows) = share.rate(limit, heaviest: heaviest)
    return FixedWindowCounter(
      limit: calls, period: period, windows: windows, startingAt: now, after: windows > 1 ? share.beginning : 0)
  }
}
