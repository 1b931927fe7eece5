/// When templates with a syntax error are refused.
package enum TemplateChecking {
  /// Whether a template with a syntax error is an error only when it is evaluated, as in the reference: set while it is asked whether
  /// the reference builds a manifest's components. Everywhere else it is an error when its component is built.
  @TaskLocal package static var isPutOff = false
}
