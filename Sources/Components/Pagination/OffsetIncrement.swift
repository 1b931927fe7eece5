import ConnectorModel
import Jinja

/// Counts records: the token is the number of records read so far.
package struct OffsetIncrement: Component, PaginationStrategy {
  private let size: PageSizeTemplate?
  private let injectsOnFirstRequest: Bool

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    size = try PageSizeTemplate(node, in: scope)
    injectsOnFirstRequest = try node.bool("inject_on_first_request", default: false)
  }

  package var initialToken: PageToken? { injectsOnFirstRequest ? PageToken(.int(0)) : nil }
  package var tokensAreCounted: Bool { true }
  package var hasPageSize: Bool? { get throws { try (pageSize() ?? 0) != 0 } }
  package func pageSize() throws -> Int? { try size?.value() }

  package func nextToken(after page: PageResult, lastToken: PageToken?) throws -> PageToken? {
    if page.extractedCount == 0 { return nil }
    let response = page.body.map { Value($0) } ?? .emptyDict
    let limit = try page.requestedPageSize.map { Double($0) } ?? size?.limit([(.response, response)])
    if let limit, Double(page.extractedCount) < limit { return nil }
    return PageToken(.int((try lastToken?.value.number(of: Self.typeName) ?? 0) &+ page.extractedCount))
  }
}
