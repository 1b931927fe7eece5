import JSON
import Jinja
import Secrets

/// What all templates of a run see alike: the config, and through functions the time and chance. Cheap to copy.
package final class TemplateConfig: Sendable {
  /// `config`, as templates see it.
  package let value: Value
  package let runtime: TemplateRuntime
  /// Learns which templates are evaluated; nil for most runs.
  package let coverage: (any RunCoverage)?

  /// Where secrets are in the config: the config with other secrets, and what hides them.
  private let disclosure: Disclosure?

  private struct Disclosure {
    let other: TemplateConfig
    let secrets: any Secrets
  }

  package init(_ value: Value, runtime: TemplateRuntime = .system, coverage: (any RunCoverage)? = nil) {
    self.value = value
    self.runtime = runtime
    self.coverage = coverage
    disclosure = nil
  }

  private init(_ config: TemplateConfig, _ disclosure: Disclosure?) {
    value = config.value
    runtime = config.runtime
    coverage = config.coverage
    self.disclosure = disclosure
  }

  /// The same config, of whose secrets no part is shown by the error of a template.
  /// - Parameter shadow: the config with other secrets; nil if it has none.
  func hidingSecrets(by secrets: any Secrets, insteadOf shadow: SecretShadow?) -> TemplateConfig {
    TemplateConfig(self, shadow.map { Disclosure(other: with($0.value), secrets: secrets) })
  }

  /// Hides what an error says of the config's secrets: what it would not say if they were others.
  /// - Parameter evaluate: does with another config what failed, and gives its error; nil if it does not fail.
  package func hideSecrets(in error: TemplateError, evaluate: (TemplateConfig) -> TemplateError?) {
    guard let disclosure else { return }
    let other = evaluate(disclosure.other)?.message ?? ""
    disclosure.secrets.hide(derived: .string(error.message), insteadOf: .string(other))
  }

  /// Another config beside the same time and chance.
  package func with(_ value: Value) -> TemplateConfig { TemplateConfig(value, runtime: runtime, coverage: coverage) }
}
