import ConnectorModel
import JSON
import Jinja

/// A template with the variables that it needs: it is compiled once, and evaluated to a typed value without a detour over its
/// text wherever the text would give the same.
final class CompiledTemplate: Sendable {
  let source: String
  private let template: Template
  /// The names that must come from the context, in a stable order.
  private let needed: [Symbol]
  /// `parameters`, unless the place has none.
  private let parameters: Value?
  /// The names of functions and macros that it calls, which variables of the context can take the place of.
  private let globals: [Symbol]

  /// Throws a syntax error.
  init(_ source: String, parameters: Value?) throws(TemplateError) {
    self.source = source
    self.parameters = parameters
    template = try Template(source, environment: .lowCode)
    needed = template.undeclaredVariables.sorted().map { Symbol($0) }
    globals = template.globals.sorted().map { Symbol($0) }
  }

  var isConstant: Bool { template.isConstant }
  var undeclaredVariables: Set<String> { template.undeclaredVariables }
  /// Whether the same variables always give the same.
  var isPure: Bool { template.isPure }

  /// The typed value; nil if the template gives an empty text. Throws an undefined error among others.
  func evaluate(_ context: EvaluationContext, _ types: ValidTypes) throws(TemplateError) -> Value? {
    do throws(TemplateError) {
      // Only functions ask for the time and chance.
      let runtime = globals.isEmpty ? nil : context.config.runtime
      var evaluation = template.evaluation(try variables(context), runtime: runtime)
      do throws(TemplateError) {
        return try result(&evaluation, types)
      } catch  where error.kind == .readOnly {
        try evaluation.beginWithCopies()
        return try result(&evaluation, types)
      }
    } catch  where error.kind == .type {
      // A type error makes the template count as a plain text.
      return typed(source, types)
    }
  }

  /// Evaluates the template once more, and tells of the ways that it goes.
  func follow(_ context: EvaluationContext, note: @escaping BranchNote) {
    guard let followed = try? Template(source, environment: .lowCode, note: note), !followed.branches.isEmpty,
      let variables = try? variables(context)
    else { return }
    // The run's own chance is left as it is.
    let runtime = TemplateRuntime(now: context.config.runtime.now, random: { 0.5 })
    var evaluation = followed.evaluation(variables, runtime: runtime)
    // Where it fails, the evaluation itself says so.
    do throws(TemplateError) {
      _ = try followed.render(&evaluation)
    } catch  where error.kind == .readOnly {
      guard (try? evaluation.beginWithCopies()) != nil else { return }
      _ = try? followed.render(&evaluation)
    } catch {}
  }

  private func result(_ evaluation: inout Evaluation, _ types: ValidTypes) throws(TemplateError) -> Value? {
    if let value = try template.value(&evaluation) { return try typed(value, &evaluation, types) }
    return typed(try template.render(&evaluation), types)
  }

  private func variables(_ context: EvaluationContext) throws(TemplateError) -> Context {
    var variables = Context()
    for symbol in needed {
      guard let value = value(of: symbol, context) else { throw undeclared(context) }
      variables.add(symbol, value)
    }
    // A variable that has the name of a function or macro comes before it.
    for symbol in globals { if case .some(let value) = context.value(of: symbol) { variables.add(symbol, value) } }
    return variables
  }

  @inline(__always)
  private func value(of symbol: Symbol, _ context: EvaluationContext) -> Value? {
    if case .some(let value) = context.value(of: symbol) { return value }
    return symbol == .parameters ? parameters : Optional<Value>.none
  }

  private func undeclared(_ context: EvaluationContext) -> TemplateError {
    let missing = needed.filter { if case .some = value(of: $0, context) { false } else { true } }.map { "`\($0.name)`" }
    let known = context.names.map { "`\($0)`" }
    return TemplateError(
      .value,
      "\(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") not available here; there is "
        + "\(known.joined(separator: ", "))")
  }

  private func typed(
    _ value: Value, _ evaluation: inout Evaluation, _ types: ValidTypes
  ) throws(TemplateError) -> Value? {
    switch value {
    case .string(let text): return typed(text, types)
    case .undefined: return nil
    case .bool, .int, .none:
      if types.accept(value) { return value }
    default:
      if types.accept(value), try RoundTrip.isExact(value, &evaluation) { return value.frozen }
      if types.writesJSON(value), !types.accept(value) { return .string(FieldValue.json(JSONValue(value))) }
    }
    return typed(try value.text(&evaluation), types)
  }

  /// The literal that `text` is, where its type fits; else the text. Nil for an empty text.
  private func typed(_ text: String, _ types: ValidTypes) -> Value? { text.isEmpty ? nil : Self.literal(text, types) }

  static func literal(_ text: String, _ types: ValidTypes) -> Value {
    guard let value = PythonLiteral.evaluate(text) else { return .string(text) }
    if types.accept(value) { return value }
    return .string(types.writesJSON(value) ? FieldValue.json(value, written: text) : text)
  }
}
