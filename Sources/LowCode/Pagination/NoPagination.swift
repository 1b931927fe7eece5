/// Reads one page.
struct NoPagination: Component, Paginator {
  init(from node: ComponentNode, in scope: BuildScope) throws {}
  init() {}

  var initialToken: PageToken? { nil }
  var looksAtLastRecord: Bool { false }
  func pageSize() throws -> Int? { nil }
  func nextToken(after page: PageResult, lastToken: PageToken?) throws -> PageToken? { nil }
  func path(for token: PageToken?) -> String? { nil }
  func requestParts(token: PageToken?, pageSize: Int?) throws -> RequestParts { RequestParts() }
}
