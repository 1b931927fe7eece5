import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Takes the token from the response, by a template.
package struct CursorPagination: Component, PaginationStrategy {
  private let cursorValue: InterpolatedString
  private let stopCondition: InterpolatedBoolean?
  private let size: Int?
  private let config: TemplateConfig

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    let value = try node.required("cursor_value")
    cursorValue = InterpolatedString(value, parameters: node.parameters)
    stopCondition = node["stop_condition"].map { condition in
      InterpolatedBoolean(condition.string ?? "", parameters: node.parameters, mark: condition.mark)
    }
    size = try PageSizeTemplate(node, in: scope)?.value()
    config = scope.templateConfig
    guard size == nil else { return }
    for expression in [value, node["stop_condition"]].compactMap({ $0 }) {
      let template = InterpolatedString(expression, parameters: node.parameters)
      if template.undeclaredVariables.contains("page_size") {
        throw ConnectorError(
          .system, "This template reads `page_size`, but the strategy has none: add `page_size` to `CursorPagination`",
          at: expression, cause: .missing(["page_size"]))
      }
    }
  }

  package var initialToken: PageToken? { nil }
  package var hasPageSize: Bool? { get throws { try (pageSize() ?? 0) != 0 } }
  package func pageSize() throws -> Int? { size }

  package func nextToken(after page: PageResult, lastToken: PageToken?) throws -> PageToken? {
    let context = EvaluationContext(
      config: config,
      bindings: [
        (.response, page.body.map { Value($0) } ?? .emptyDict),
        (.headers, .mapping(HeadersMapping(page.response, links: page.response.links))),
        (.lastRecord, page.lastRecord?.templateValue ?? .none), (.lastPageSize, .int(page.recordCount)),
        (.pageSize, (page.requestedPageSize ?? size).map { .int($0) } ?? .none), (.streamSlice, page.slice.templateValue),
      ])
    if let stopCondition, try stopCondition.evaluate(context) { return nil }
    let token = try cursorValue.evaluate(context)
    return token.isTruthy ? PageToken(token) : nil
  }
}

extension Symbol {
  static let pageSize = Symbol("page_size")
}
