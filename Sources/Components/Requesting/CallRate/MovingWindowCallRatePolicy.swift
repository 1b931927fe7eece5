import AirbyteProtocol
import ConnectorModel
import Manifest

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
    var earlier: (calls: Int, time: Int64)?
    let limits = rates.map { rate in
      let (calls, spans) = share.rate(rate.limit, heaviest: heaviest)
      let interval = RunShare.length(of: rate.interval, times: spans)
      let time = now / 1_000 - interval + Int64(Double(interval) * share.beginning)
      if spans > 1, time > earlier?.time ?? .min { earlier = (calls, time) }
      return MovingWindowCounter.Limit(calls: calls, interval: interval)
    }
    return MovingWindowCounter(limits: limits, earlier: earlier)
  }
}
