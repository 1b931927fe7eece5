import Jinja

extension Environment {
  /// What low-code templates may use: Jinja's own filters, tests and globals, and the reference's filters and macros.
  package static let lowCode: Environment = {
    var environment = Environment.standard
    TemplateFilters.add(to: &environment)
    TemplateMacros.add(to: &environment)
    return environment
  }()
}
