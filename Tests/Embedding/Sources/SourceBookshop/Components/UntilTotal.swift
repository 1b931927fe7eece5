import LowCode

/// Counts what was read, until it is as much as the API says that there is.
struct UntilTotal: Component, PaginationStrategy {
  private let size: Int

  init(from node: ComponentNode, in scope: BuildScope) throws {
    size = try node.int("page_size") ?? 100
  }

  var tokensAreCounted: Bool { true }
  var hasPageSize: Bool? { true }
  func pageSize() -> Int? { size }

  func nextToken(after page: PageResult, lastToken: PageToken?) throws -> PageToken? {
    let count = (lastToken?.json.int ?? 0) + page.extractedCount
    guard page.extractedCount > 0, let total = page.body?["total"]?.int, count < total else { return nil }
    return PageToken(json: .int(count))
  }
}
