import Jinja
import LowCode

/// A template that cannot be compiled fails where it is filled in, for many at the first record only.
struct TemplateSyntax: Rule {
  static let name = "template-syntax"
  static let summary = "A template has a syntax error, or uses a filter, test or tag that does not exist."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for place in subject.templates {
      guard case .failure(let error) = place.template else { continue }
      findings.warn(
        "the template cannot be read: \(Self.sentence(error))", at: place.node,
        mark: TemplateMark.mark(of: error.position, in: place.node), remedy: Self.remedy(error))
    }
  }

  private static func sentence(_ error: TemplateError) -> String {
    error.message.hasSuffix(".") ? String(error.message.dropLast()) : error.message
  }

  /// The filter or test that was probably meant.
  private static func remedy(_ error: TemplateError) -> String? {
    guard let match = error.message.firstMatch(of: /(filter|test)[^'"`]*['"`]([A-Za-z_0-9]+)['"`]/) else { return nil }
    let environment = Environment.lowCode
    let names = match.1 == "filter" ? environment.filters.keys.sorted() : environment.tests.keys.sorted()
    return NameSuggestion.nearest(to: String(match.2), among: names).map { "did you mean `\($0)`?" }
  }
}
