import AirbyteProtocol
import ConnectorModel
import Jinja

/// Counts pages: the token is the next page's number.
package struct PageIncrement: Component, PaginationStrategy {
  private let size: Int?
  private let firstPage: Int
  private let injectsOnFirstRequest: Bool

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    size = try PageSizeTemplate(node, in: scope)?.value()
    firstPage = try node.int("start_from_page") ?? 0
    injectsOnFirstRequest = try node.bool("inject_on_first_request", default: false)
  }

  package var initialToken: PageToken? { injectsOnFirstRequest ? PageToken(.int(firstPage)) : nil }
  package var tokensAreCounted: Bool { true }
  package var looksAtBody: Bool { false }
  package var hasPageSize: Bool? { get throws { try (pageSize() ?? 0) != 0 } }
  package func pageSize() throws -> Int? { size }

  package func nextToken(after page: PageResult, lastToken: PageToken?) throws -> PageToken? {
    if page.extractedCount == 0 { return nil }
    if let size, size != 0, page.extractedCount < size { return nil }
    return PageToken(.int((try lastToken?.value.number(of: Self.typeName) ?? firstPage) &+ 1))
  }
}

extension Value {
  /// A counting strategy's last token.
  package func number(of strategy: String) throws -> Int {
    switch self {
    case .int(let number): return number
    case .bool(let flag): return flag ? 1 : 0
    default:
      throw ConnectorError(.system, "`\(strategy)` needs an integer as its last token, but has `\(pythonString)`")
    }
  }
}
