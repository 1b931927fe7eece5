import ConnectorModel

/// Lets its requests through, whatever later policies say.
struct UnlimitedCallRatePolicy: Component, CallRatePolicy {
  let matchers: [HttpRequestRegexMatcher]

  init(from node: ComponentNode, in scope: BuildScope) throws {
    matchers = try CallRateNode.matchers(node, scope)
  }

  func counter(at now: Int64, share: RunShare) -> (any CallRateCounter)? { nil }
}
