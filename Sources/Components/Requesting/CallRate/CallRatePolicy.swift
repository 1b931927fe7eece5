import AirbyteProtocol
import ConnectorModel
import PythonTime

/// A limit on how often some requests may be made.
protocol CallRatePolicy: Sendable {
  /// The requests that it applies to; none for all requests.
  var matchers: [HttpRequestRegexMatcher] { get }
  /// A fresh count at `now` (microseconds since 1970); nil if nothing is limited.
  /// - Parameter share: what of the limits this run may use.
  func counter(at now: Int64, share: RunShare) -> (any CallRateCounter)?
}

extension CallRatePolicy {
  /// As how many calls the heaviest request counts.
  var heaviest: Int { matchers.reduce(1) { max($0, $1.weight ?? 1) } }

  /// How many calls `request` counts as, by the first matcher that fits; nil if this policy is not about it.
  func weight(of request: HTTPRequest) throws(ConnectorError) -> Int? {
    if matchers.isEmpty { return 1 }
    for matcher in matchers where try matcher.matches(request) { return matcher.weight ?? 1 }
    return nil
  }
}

/// What policies decode in the same way.
enum CallRateNode {
  static func matchers(_ node: ComponentNode, _ scope: BuildScope) throws -> [HttpRequestRegexMatcher] {
    try node.nodes("matchers").map { try scope.build(only: $0) }
  }

  /// A span of time in microseconds.
  /// - Throws: ``ConnectorError`` if it is not an ISO 8601 duration, or one in years and months, which have no fixed length.
  static func microseconds(_ property: String, _ node: ComponentNode) throws -> Int64 {
    let value = try node.required(property)
    let text = try node.string(property)
    guard case .timeDelta(let delta)? = try? ISODuration(parsing: text) else {
      throw ConnectorError(
        .system, "`\(property)` should be a duration such as PT1M, in weeks, days or less, not `\(text)`", at: value)
    }
    guard let microseconds = Int64(exactly: delta.totalMicroseconds), (0..<1_000_000_000_000_000_000).contains(microseconds)
    else {
      throw ConnectorError(.system, "`\(property)` is too long, or negative: `\(text)`", at: value)
    }
    return microseconds
  }
}
