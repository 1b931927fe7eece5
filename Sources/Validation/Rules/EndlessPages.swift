import Components
import Manifest

/// A page token that never changes, with nothing to end the pages, asks for the same page forever.
struct EndlessPages: Rule {
  static let name = "endless-pages"
  static let summary =
    "The cursor value of a pagination never changes, or its stop condition is never fulfilled, so pages never end."

  /// What differs from one page to the next.
  private static let moving: Set<String> = ["response", "headers", "last_record", "last_page_size", "next_page_token"]

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for visit in subject.components("CursorPagination") {
      guard let value = visit["cursor_value"], let text = value.string, !isMoving(value, visit, subject) else { continue }
      // An empty token ends the pages at once.
      guard !text.isEmpty, text.contains(where: { !$0.isWhitespace }) else { continue }
      let stop = visit["stop_condition"]
      if let stop, isMoving(stop, visit, subject) { continue }
      if let stop, isAlwaysTrue(stop) { continue }
      findings.warn(
        "the cursor value is the same for each page, so pages never end", at: value,
        remedy: "let `cursor_value` read the `response`, the `headers` or the `last_record`, or give a `stop_condition` that does"
      )
    }
    for visit in subject.components("CursorPagination") {
      guard let stop = visit["stop_condition"], let text = stop.string, !isAlwaysTrue(stop), !isMoving(stop, visit, subject)
      else {
        continue
      }
      guard let value = visit["cursor_value"], isMoving(value, visit, subject), !text.isEmpty else { continue }
      findings.warn("the stop condition is the same for each page", at: stop)
    }
  }

  private func isMoving(_ node: ManifestNode, _ visit: ComponentVisit, _ subject: Subject) -> Bool {
    guard let place = subject.templates(of: visit).first(where: { $0.text == node.string }) else { return false }
    // What cannot be compiled is another rule's matter.
    guard case .success = place.template else { return true }
    return !place.undeclaredVariables.isDisjoint(with: Self.moving)
  }

  private func isAlwaysTrue(_ node: ManifestNode) -> Bool {
    let text = node.string?.filter { !"{} ".contains($0) }.lowercased()
    return node.bool ?? ["true", "1"].contains(text)
  }
}
