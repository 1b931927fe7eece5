import Jinja
import Manifest

/// What helps an author whose template cannot be read or evaluated.
package enum TemplateRemedy {
  /// The names that templates know as variables, in the order in which they are explained.
  package static var variables: [String] { TemplateGuide.variables.map(\.name) }

  /// What to write instead; nil if nothing is near.
  /// - Parameter given: the variables that the template has.
  package static func of(_ text: String, given: some Sequence<String>) -> Remedy? {
    switch TemplatePlace.compile(text) {
    case .failure(let error): return TemplateAdvice(error, text: text).remedy
    case .success(let template):
      let known = Set(given).union(variables).union(TemplateNames.functions)
      for name in template.undeclaredVariables.subtracting(known).sorted() {
        if let near = NameSuggestion.nearest(to: name, among: known.sorted()) { return .use(near, insteadOf: name) }
      }
      return nil
    }
  }
}
