import AirbyteProtocol
import ConnectorModel
import Foundation
import JSON
import Jinja
import Templating

/// Says how the page size shrinks where the API refuses a page as too large (`REDUCE_PAGE_SIZE`).
struct PageSizeReduction: Component {
  let factor: Double
  let minimum: Int
  let maxAttempts: Int
  /// Seconds of the first wait; the n-th in a row is n times as long.
  let backoff: Double
  let retriesAtMinimum: Int
  let failureMessage: String
  /// Whether each page that succeeded brings the configured size back.
  let restoresAfterSuccess: Bool

  init(from node: ComponentNode, in scope: BuildScope) throws {
    func number(_ property: String, default fallback: Double) throws -> Double {
      guard let value = node[property] else { return fallback }
      guard let number = value.double else { throw node.mismatch(property, "a number", value) }
      return number
    }
    factor = try number("reduction_factor", default: 2)
    minimum = try node.int("minimum_page_size") ?? 1
    maxAttempts = try node.int("max_attempts") ?? 5
    backoff = try number("backoff_seconds", default: 0.5)
    retriesAtMinimum = try node.int("retries_at_minimum_page_size") ?? 0
    failureMessage = (try node.optionalString("failure_message") ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    restoresAfterSuccess = try node.optionalString("reset_policy") == "AFTER_SUCCESSFUL_PAGE"
    let rules: [(holds: Bool, property: String, rule: String)] = [
      (factor > 1, "reduction_factor", "greater than 1"), (minimum >= 1, "minimum_page_size", "at least 1"),
      (maxAttempts >= 1, "max_attempts", "at least 1"), (backoff >= 0, "backoff_seconds", "zero or more"),
      (retriesAtMinimum >= 0, "retries_at_minimum_page_size", "zero or more"),
    ]
    if let broken = rules.first(where: { !$0.holds }) {
      throw ConnectorError(.system, "`\(broken.property)` should be \(broken.rule)", at: node[broken.property] ?? node.node)
    }
  }

  /// The reduction of a retriever, where it has one.
  /// - Throws: ``ConnectorError`` if the retriever's other parts do not allow a page to be asked for again with another size.
  static func make(from retriever: ComponentNode, hasQueryProperties: Bool, in scope: BuildScope) throws -> PageSizeReduction? {
    let usesAction = RequesterActions.contain(.reducePageSize, in: retriever["requester"])
    guard let node = retriever["page_size_reduction"] else {
      guard usesAction else { return nil }
      throw ConnectorError(
        .system, "A filter has the action REDUCE_PAGE_SIZE, so the retriever needs `page_size_reduction`", at: retriever.node,
        cause: .missing(["page_size_reduction"]))
    }
    if !usesAction {
      scope.runtime.log.log(
        .warn, "Stream \(scope.streamName) has `page_size_reduction`, but no filter with the action REDUCE_PAGE_SIZE.")
    }
    let reduction: PageSizeReduction = try scope.build(node)
    if let reason = try reduction.obstacle(in: retriever, hasQueryProperties, hasFiles: scope.reading.fileUploader != nil) {
      throw ConnectorError(.system, "`page_size_reduction` \(reason)", at: node)
    }
    return reduction
  }

  /// Why the retriever cannot ask for a page again with another size; nil if it can.
  private func obstacle(in retriever: ComponentNode, _ hasQueryProperties: Bool, hasFiles: Bool) throws -> String? {
    if hasQueryProperties { return "cannot be combined with query properties" }
    if hasFiles { return "cannot be combined with a `file_uploader`" }
    guard let paginator = retriever["paginator"], paginator["type"]?.string == DefaultPaginator.typeName else {
      return "needs a `DefaultPaginator`, which sends the page size"
    }
    guard let option = paginator["page_size_option"], !option.isNull else { return "needs the paginator's `page_size_option`" }
    if paginator["page_token_option"]?["type"]?.string == RequestPath.typeName {
      return "cannot change the size in a URL that the API made: use a page token other than `RequestPath`"
    }
    let strategy = paginator["pagination_strategy"]
    guard [CursorPagination.typeName, OffsetIncrement.typeName].contains(strategy?["type"]?.string ?? "") else {
      return "works with `CursorPagination` and `OffsetIncrement` only: with others the next page depends on the size"
    }
    guard let size = strategy?["page_size"], !size.isNull else { return "needs a `page_size` in the pagination strategy" }
    if let number = size.int ?? size.string.flatMap({ Int($0) }), number <= minimum {
      return "can never reduce the `page_size` \(number), because `minimum_page_size` is \(minimum)"
    }
    if let condition = strategy?["stop_condition"]?.string, stopsShort(condition) {
      return "makes pages shorter than `\(condition)` expects, so reading would stop early: compare with `page_size` instead"
    }
    return nil
  }

  /// Whether a stop condition holds for a page that is shorter only because it was asked for with a smaller size.
  private func stopsShort(_ condition: String) -> Bool {
    let bounds = UpperBound.all(
      on: "last_page_size", besides: "page_size", in: condition, falseTexts: InterpolatedBoolean.falseTexts)
    return bounds.contains { bound in
      guard let number = bound.number else { return true }
      return bound.isStrict ? number > minimum : number >= minimum
    }
  }
}
