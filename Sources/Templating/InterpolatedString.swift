import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import YAML

/// A manifest's string that may hold templates: compiled once, evaluated where it is used.
///
/// The result is typed: a text that is written like a Python literal becomes that literal.
package struct InterpolatedString: Sendable {
  private let parts: Parts

  /// What was compiled, behind one reference: these strings are in many components, which are copied often.
  private final class Parts: Sendable {
    let source: String
    let mark: SourceMark?
    let types: ValidTypes
    /// Nil if it has a syntax error.
    let template: CompiledTemplate?
    let fallback: Fallback
    /// The syntax error, which shows where the template is evaluated, as in the reference.
    let error: ConnectorError?
    /// The value of a text without a template.
    let constant: Value?
    let readsStreamState: Bool

    init(
      _ source: String, _ content: Result<(CompiledTemplate, Fallback), ConnectorError>, _ types: ValidTypes,
      _ mark: SourceMark?
    ) {
      self.source = source
      self.mark = mark
      self.types = types
      switch content {
      case .success((let template, let fallback)):
        self.template = template
        self.fallback = fallback
        error = nil
      case .failure(let error):
        template = nil
        fallback = .none
        self.error = error
      }
      readsStreamState = source.contains("stream_state")
      if !readsStreamState, let template, template.isConstant, fallback.isConstant {
        constant = try? InterpolatedString.typed(template, fallback, EvaluationContext(config: .none), types)
      } else {
        constant = nil
      }
    }
  }

  /// The text as the manifest has it.
  package var source: String { parts.source }
  /// Where it is in the manifest.
  package var mark: SourceMark? { parts.mark }

  /// What counts where the template gives an empty text or reads from something undefined.
  private enum Fallback: Sendable {
    /// The text itself once more: it stays empty or undefined.
    case itself
    case template(CompiledTemplate)
    case none

    var isConstant: Bool { if case .template(let template) = self { template.isConstant } else { true } }
  }

  /// Compiles `source`. Where the result is empty or undefined `fallback` counts, which may be a template too; by default `source`
  /// is its own fallback. A syntax error or an unknown filter is thrown by the evaluation.
  package init(
    _ source: String, parameters: JSONObject = [:], default fallback: String? = nil, validTypes: ValidTypes = .any,
    mark: SourceMark? = nil
  ) {
    let usesDefault = fallback.map { !$0.isEmpty } ?? false
    self.init(
      source, parameters: Value(JSONValue.object(parameters)), fallback: usesDefault ? fallback : source, types: validTypes,
      mark: mark)
  }

  /// A string node and the `$parameters` of its component.
  package init(_ node: ManifestNode, parameters: JSONObject = [:], validTypes: ValidTypes = .any) {
    self.init(node.string ?? "", parameters: parameters, validTypes: validTypes, mark: node.mark)
  }

  /// With `fallback` nil, an empty or undefined result is `None`.
  package init(_ source: String, parameters: Value?, fallback: String?, types: ValidTypes, mark: SourceMark?) {
    let content: Result<(CompiledTemplate, Fallback), ConnectorError>
    do throws(TemplateError) {
      let template = try CompiledTemplate(source, parameters: parameters)
      var other: Fallback = fallback == nil ? .none : .itself
      if let fallback, fallback != source { other = .template(try CompiledTemplate(fallback, parameters: parameters)) }
      content = .success((template, other))
    } catch {
      content = .failure(
        ConnectorError(
          .system, "The template `\(source)` is not valid: \(error.message)", at: mark, internalMessage: error.description))
    }
    parts = Parts(source, content, types, mark)
  }

  /// Whether the text has no template in it, so that its value never changes.
  package var isConstant: Bool {
    if case .some = parts.constant { true } else { false }
  }

  /// The names that the template takes from its place.
  package var undeclaredVariables: Set<String> { parts.template?.undeclaredVariables ?? [] }

  /// The value that depends only on `config`, evaluated once: a number, a text, a truth value or none. Nil if other variables,
  /// the time or chance have a say, and where the evaluation fails.
  package func settled(by config: TemplateConfig) -> Value? {
    guard let template = parts.template, template.isPure, undeclaredVariables.isSubset(of: ["config", "parameters"]),
      let value = try? evaluate(EvaluationContext(config: config))
    else { return nil }
    switch value {
    case .none, .bool, .int, .float, .string: return value
    default: return nil
    }
  }

  /// The value that depends only on `config` and the parameters; nil if other variables, the time or chance matter, and where
  /// the evaluation fails.
  package func decided(by config: TemplateConfig) -> JSONValue? {
    guard let template = parts.template, template.isPure, undeclaredVariables.isSubset(of: ["config", "parameters"]) else {
      return nil
    }
    return (try? evaluate(EvaluationContext(config: config))).map { JSONValue($0) }
  }

  /// The typed value, as the reference's `InterpolatedString.eval` gives it.
  /// - Throws: ``ConnectorError`` if the template is not valid or its evaluation fails; also for an undefined value unless there
  ///   is another default.
  package func evaluate(_ context: EvaluationContext) throws -> Value {
    if case .some(let value) = parts.constant { return value }
    guard let template = parts.template else {
      throw parts.error ?? ConnectorError(.system, "The template `\(source)` is not valid", at: parts.mark)
    }
    if let coverage = context.config.coverage {
      coverage.evaluated(source, at: parts.mark) { template.follow(context, note: $0) }
    }
    do throws(TemplateError) {
      if parts.readsStreamState { throw TemplateError(.runtime, "") }
      return try Self.typed(template, parts.fallback, context, parts.types)
    } catch {
      context.config.hideSecrets(in: error) { other in
        do throws(TemplateError) {
          _ = try Self.typed(template, parts.fallback, context.with(other), parts.types)
          return nil
        } catch { return error }
      }
      throw failure(error)
    }
  }

  /// The typed value as Python's `str()` writes it.
  /// - Throws: ``ConnectorError`` as ``evaluate(_:)`` does.
  package func string(_ context: EvaluationContext) throws -> String { try evaluate(context).pythonString }

  private static func typed(
    _ template: CompiledTemplate, _ fallback: Fallback, _ context: EvaluationContext, _ types: ValidTypes
  ) throws(TemplateError) -> Value {
    do throws(TemplateError) {
      if let value = try template.evaluate(context, types) { return value }
      if case .itself = fallback { return .string("") }
    } catch  where error.kind == .undefined {
      if case .itself = fallback { throw error }
    }
    guard case .template(let other) = fallback else { return .none }
    return try other.evaluate(context, types) ?? .string("")
  }

  private func failure(_ error: TemplateError) -> ConnectorError {
    if parts.readsStreamState {
      return ConnectorError(
        .config, "The template `\(source)` reads `stream_state`, which templates cannot; use `stream_interval` instead",
        at: parts.mark)
    }
    return ConnectorError(
      .system, "The template `\(source)` could not be evaluated: \(error.message)", at: parts.mark,
      internalMessage: error.description)
  }
}
