import AirbyteProtocol
import ConnectorModel
import Essentials
import JSON
import Jinja
import Manifest
import Templating

/// Asks for page after page until its strategy has no token any more.
package struct DefaultPaginator: Component, Paginator {
  /// What is done with a token.
  private enum TokenPlace: Sendable {
    case option(RequestOption)
    /// Whether the token is a link of the API's rather than a path of the manifest's.
    case path(isLink: Bool)
  }

  private let strategy: any PaginationStrategy
  private let tokenPlace: TokenPlace?
  private let sizeOption: RequestOption?
  private let strategyNode: ManifestNode
  /// Whether the size that the option needs is known only once the strategy is asked.
  private let mayLackSize: Bool
  /// Nil if a short page means nothing.
  private let shortFirstPage: ShortFirstPage?
  private let coverage: (any RunCoverage)?

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    let strategy: any PaginationStrategy = try scope.build(node.required("pagination_strategy"))
    if let cursor = scope.reading.stopCursor {
      self.strategy = CursorStopCondition(strategy: strategy, cursor: cursor)
      shortFirstPage = nil
    } else {
      self.strategy = strategy
      shortFirstPage = strategy.tokensAreCounted ? ShortFirstPage(try node.required("pagination_strategy"), in: scope) : nil
    }
    sizeOption = try scope.build(optional: node["page_size_option"])
    strategyNode = try node.required("pagination_strategy")
    coverage = scope.runtime.coverage
    if sizeOption != nil, try strategy.hasPageSize == false { throw Self.missingSize(of: strategyNode) }
    mayLackSize = try sizeOption != nil && strategy.hasPageSize == nil
    tokenPlace = try node["page_token_option"].map { option in
      option["type"]?.string == RequestPath.typeName
        ? .path(isLink: Self.isLink(try node.required("pagination_strategy"))) : .option(try scope.build(option))
    }
    try checkPlaces(node)
  }

  /// Size and token must not overwrite each other; their names are compared if they go to the same part of the request.
  private func checkPlaces(_ node: ComponentNode) throws {
    guard case .option(let token)? = tokenPlace, let sizeOption, token.place == sizeOption.place else { return }
    var size = RequestParts()
    var other = RequestParts()
    try sizeOption.inject(.string("size"), into: &size)
    try token.inject(.string("token"), into: &other)
    do { try size.merge(other) } catch let error as ConnectorError {
      throw ConnectorError(.system, "`page_size_option` and `page_token_option` collide: \(error.message)", at: node.node)
    }
  }

  private static func missingSize(of strategy: ManifestNode) -> ConnectorError {
    ConnectorError(
      .system, "`page_size_option` needs a `page_size` in the pagination strategy", at: strategy["page_size"] ?? strategy,
      cause: .missing(["page_size"]))
  }

  package var initialToken: PageToken? { get async throws { try await strategy.initialToken } }
  package var tokensAreCounted: Bool { strategy.tokensAreCounted }
  package var looksAtBody: Bool { strategy.looksAtBody }
  package var allowsOtherPageSizes: Bool { strategy.allowsOtherPageSizes }
  package func pageSize() async throws -> Int? { try await strategy.pageSize() }

  package func nextToken(after page: PageResult, lastToken: PageToken?) async throws -> PageToken? {
    guard let token = try await strategy.nextToken(after: page, lastToken: lastToken), token.value.isTruthy else {
      if let shortFirstPage, page.isFirst, let size = try await size(instead: page.requestedPageSize) {
        shortFirstPage.check(page, askedFor: size)
      }
      return nil
    }
    coverage?.reached(strategyNode)
    if case .path(isLink: true)? = tokenPlace { return PageToken(token.value, in: page.response.url) }
    return token
  }

  /// Whether the token is what the API gave, and not put together by the manifest: a single expression that joins nothing.
  private static func isLink(_ strategy: ManifestNode) -> Bool {
    guard let template = strategy["cursor_value"]?.string?.trimmed(.whitespacesAndNewlines) else { return false }
    return template.hasPrefix("{{") && template.hasSuffix("}}") && !template.dropFirst(2).contains("{{")
      && !template.contains("~")
      && !template.contains("+")
  }

  package func path(for token: PageToken?) -> String? {
    guard case .path(_)? = tokenPlace, let token, token.value.isTruthy else { return nil }
    return token.value.pythonString
  }

  private func size(instead given: Int?) async throws -> Int? {
    if let given { return given }
    return try await strategy.pageSize()
  }

  package func requestParts(token: PageToken?, pageSize: Int?) async throws -> RequestParts {
    var parts = RequestParts()
    if case .option(let option)? = tokenPlace, let token { try option.inject(JSONValue(token.value), into: &parts) }
    guard let sizeOption else { return parts }
    if let size = try await size(instead: pageSize), size != 0 {
      let others = Set(parts.parameters.keys)
      try sizeOption.inject(.int(size), into: &parts)
      // A size that was reduced is meant for the pages that come, whatever their links say.
      if pageSize != nil { parts.lastingParameters = Set(parts.parameters.keys).subtracting(others) }
    } else if mayLackSize {
      throw Self.missingSize(of: strategyNode)
    }
    return parts
  }
}

/// Ends the pages of a data feed at the first record that an earlier read already had.
private struct CursorStopCondition: PaginationStrategy {
  let strategy: any PaginationStrategy
  let cursor: any Cursor

  var initialToken: PageToken? { get async throws { try await strategy.initialToken } }
  var tokensAreCounted: Bool { strategy.tokensAreCounted }
  var looksAtBody: Bool { strategy.looksAtBody }
  var allowsOtherPageSizes: Bool { strategy.allowsOtherPageSizes }
  var hasPageSize: Bool? { get throws { try strategy.hasPageSize } }
  func pageSize() async throws -> Int? { try await strategy.pageSize() }

  func nextToken(after page: PageResult, lastToken: PageToken?) async throws -> PageToken? {
    if let record = page.lastRecord, !cursor.isNew(record, in: page.slice) { return nil }
    return try await strategy.nextToken(after: page, lastToken: lastToken)
  }
}
