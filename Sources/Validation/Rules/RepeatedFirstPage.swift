import Components
import Manifest

/// The first request asks for no page, and the second one for page 1: an API that counts from 1 gives that page twice.
struct RepeatedFirstPage: Rule {
  static let name = "repeated-first-page"
  static let summary = "A pagination by page numbers from 0 does not send the first one, so that page 1 may be read twice."
  static let presence = DefaultPresence.hidden

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for paginator in subject.components("DefaultPaginator") {
      guard let strategy = paginator["pagination_strategy"], strategy["type"]?.string == "PageIncrement",
        strategy["inject_on_first_request"]?.bool != true,
        let start = strategy["start_from_page"].map({ $0.isNull ? 0 : $0.int }) ?? 0,
        start == 0
      else { continue }
      let place = strategy["start_from_page"] ?? strategy
      findings.warn(
        "the first request asks for no page and the second one for page 1, which an API that counts from 1 gives twice",
        at: place,
        remedy: "give `start_from_page: 1`, or `inject_on_first_request: true` where the API counts from 0")
    }
  }
}
