import AirbyteProtocol
import ConnectorModel
import Essentials
import JSON
import Manifest

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
    failureMessage = (try node.optionalString("failure_message") ?? "").trimmed(.whitespacesAndNewlines)
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
  static func make(
    from retriever: ComponentNode, paginator: any Paginator, in scope: BuildScope
  ) throws -> PageSizeReduction? {
    guard let node = retriever["page_size_reduction"] else { return nil }
    guard paginator.allowsOtherPageSizes else {
      throw ConnectorError(
        .system, "`page_size_reduction` does not work with a pagination strategy whose next page depends on the size", at: node)
    }
    if !RequesterActions.contain(.reducePageSize, in: retriever["requester"]) {
      scope.runtime.log.log(
        .warn, "Stream \(scope.streamName) has `page_size_reduction`, but no filter with the action REDUCE_PAGE_SIZE.")
    }
    return try scope.build(node)
  }
}
