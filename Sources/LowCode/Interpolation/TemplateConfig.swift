import Jinja

/// What all templates of a run see alike: the config, and through functions the time and chance. Cheap to copy.
package final class TemplateConfig: Sendable {
  /// `config`, as templates see it.
  package let value: Value
  package let runtime: TemplateRuntime

  package init(_ value: Value, runtime: TemplateRuntime = .system) {
    self.value = value
    self.runtime = runtime
  }

  /// Another config beside the same time and chance.
  func with(_ value: Value) -> TemplateConfig { TemplateConfig(value, runtime: runtime) }
}
