import LowCode

/// A paginator that finds the next page's token, but does not send it, reads the first page again and again.
struct UnaskedNextPage: Rule {
  static let name = "unasked-next-page"
  static let summary = "A paginator has no way to ask for the next page."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    let asking = subject.templates.filter { $0.undeclaredVariables.contains("next_page_token") }
    for visit in subject.components("DefaultPaginator") where visit["page_token_option"] == nil {
      guard let strategy = visit["pagination_strategy"], strategy["type"]?.string?.hasPrefix("Custom") == false,
        let owner = visit.parent
      else { continue }
      if owner["requester"]?["type"]?.string?.hasPrefix("Custom") == true { continue }
      let isAsked = asking.contains { place in
        var outer: ComponentVisit? = place.owner
        while let current = outer {
          if current === owner { return true }
          outer = current.parent
        }
        return false
      }
      if isAsked { continue }
      findings.warn(
        "the paginator has no `page_token_option`, and no template of the request uses `next_page_token`: each request asks for the "
          + "first page", at: visit.node, mark: visit.node.keyMark)
    }
  }
}
