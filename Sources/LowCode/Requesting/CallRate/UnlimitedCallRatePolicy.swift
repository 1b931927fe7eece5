/// Lets its requests through, whatever later policies say.
struct UnlimitedCallRatePolicy: Component, CallRatePolicy {
  let matchers: [HttpRequestRegexMatcher]

  init(from node: ComponentNode, in context: BuildContext) throws {
    matchers = try CallRateNode.matchers(node, context)
  }

  func counter(at now: Int64) -> (any CallRateCounter)? { nil }
}
