import Components
import Manifest

/// Pages end at the first one that is shorter than the page size: where the API is asked for less, that is the first page.
struct PageSizeMismatch: Rule {
  static let name = "page-size-mismatch"
  static let summary = "A pagination relies on a page size that the request does not ask for."

  /// Parameters that usually say how many records a page should have, in lower case.
  private static let names: Set<String> = [
    "limit", "per_page", "perpage", "page_size", "pagesize", "per-page", "page-size", "page[size]", "page[limit]", "max_results",
    "maxresults", "count", "size", "$top", "rows", "results_per_page", "pagelen", "max",
  ]

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for paginator in subject.components("DefaultPaginator") {
      guard let strategy = paginator["pagination_strategy"], let size = strategy["page_size"], let number = size.wholeNumber,
        ["OffsetIncrement", "PageIncrement"].contains(strategy["type"]?.string),
        let parameters = paginator.parent?["requester"]?["request_parameters"]
      else { continue }
      let injected = paginator["page_size_option"]?["field_name"]?.string
      for (name, value) in parameters.entries ?? [] {
        guard name == injected || injected == nil && Self.names.contains(name.lowercased()), let asked = value.wholeNumber,
          asked < number
        else { continue }
        findings.warn(
          "a page should have \(number) records, but the request asks for \(asked) by `\(name)`: pages end after the first",
          at: size,
          related: [.init("what the request asks for", at: value.mark)])
      }
    }
  }
}

extension ManifestNode {
  /// The value as a whole number, also where it is written as a text.
  var wholeNumber: Int? { int ?? string.flatMap { Int($0) } }
}
