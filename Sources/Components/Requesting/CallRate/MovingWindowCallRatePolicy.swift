import ConnectorModel

/// So many calls within the last seconds, minutes or days; each of its rates has to be kept.
struct MovingWindowCallRatePolicy: Component, CallRatePolicy {
  let matchers: [HttpRequestRegexMatcher]
  private let rates: [Rate]

  init(from node: ComponentNode, in scope: BuildScope) throws {
    matchers = try CallRateNode.matchers(node, scope)
    rates = try node.nodes("rates").map { try scope.build(only: $0) }
    guard !rates.isEmpty else {
      throw ConnectorError(
        .system, "`MovingWindowCallRatePolicy` needs at least one rate in `rates`", at: node.node, cause: .missing(["rates"]))
    }
  }

  func counter(at now: Int64, share: RunShare) -> (any CallRateCounter)? {
    MovingWindowCounter(
      limits: rates.map { rate in
        let (calls, spans) = share.rate(rate.limit, heaviest: heaviest)
        return .init(calls: calls, interval: rate.interval.multipliedReportingOverflow(by: Int64(spans)).partialValue)
      })
  }
}
