import Jinja
import Manifest

/// A template that cannot be compiled fails where it is filled in, for many at the first record only.
struct TemplateSyntax: Rule {
  static let name = "template-syntax"
  static let summary = "A template has a syntax error, or uses a filter, test or tag that does not exist."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for place in subject.templates {
      guard case .failure(let error) = place.template else { continue }
      let advice = TemplateAdvice(error, text: place.text)
      let related = advice.related.map { note in
        [Diagnostic.Related(note.remark, at: TemplateMark.mark(of: note.position, in: place.node))]
      }
      findings.warn(
        "the template cannot be read: \(advice.sentence)", at: place.node,
        mark: TemplateMark.mark(of: error.position, in: place.node), detail: Self.consequence, remedy: advice.remedy,
        related: related ?? [])
    }
  }

  /// Why it is not an error, though it will be one.
  private static let consequence = "the manifest is accepted anyway, but what needs the template fails when it is filled in"
}
