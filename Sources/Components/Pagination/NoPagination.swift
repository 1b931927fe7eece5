import ConnectorModel

/// Reads one page.
struct NoPagination: Component, Paginator {
  init(from node: ComponentNode, in scope: BuildScope) throws {}
  init() {}

  var looksAtLastRecord: Bool { false }
  var looksAtBody: Bool { false }
  func nextToken(after page: PageResult, lastToken: PageToken?) throws -> PageToken? { nil }
}
