import Components
import Manifest

/// A paginator that finds the next page's token, but does not send it, reads the first page again and again.
struct UnaskedNextPage: Rule {
  static let name = "unasked-next-page"
  static let summary = "A paginator has no way to ask for the next page."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    // The components that contain such a template.
    var asking: Set<ObjectIdentifier> = []
    for place in subject.templates where place.undeclaredVariables.contains("next_page_token") {
      var outer: ComponentVisit? = place.owner
      while let current = outer, asking.insert(ObjectIdentifier(current)).inserted { outer = current.parent }
    }
    for visit in subject.components("DefaultPaginator") where visit["page_token_option"] == nil {
      guard let strategy = visit["pagination_strategy"], strategy["type"]?.string?.hasPrefix("Custom") == false,
        let owner = visit.parent
      else { continue }
      if owner["requester"]?["type"]?.string?.hasPrefix("Custom") == true { continue }
      if asking.contains(ObjectIdentifier(owner)) { continue }
      findings.warn(
        "the paginator has no `page_token_option`, and no template of the request uses `next_page_token`: each request asks for the "
          + "first page", at: visit.node, mark: visit.node.keyMark)
    }
  }
}
