/// A template: compiled once, evaluated as often as needed, from any thread.
package struct Template: Sendable {
  package let source: String
  package let environment: Environment
  /// The names that it takes from its context, as `jinja2.meta.find_undeclared_variables` reports them: also names that only some
  /// branches bind, but none that the environment has as a global.
  package let undeclaredVariables: Set<String>
  /// Whether it holds nothing to evaluate, so that it always renders the same text.
  package let isConstant: Bool
  /// The names of the environment's globals that it may read.
  package let globals: Set<String>
  /// Whether the same variables always give the same and stay as they are: it calls no function and no method but `get`, and
  /// leaves nothing to chance.
  package let isPure: Bool

  /// The ways that it can go; only of a template that somebody follows.
  package let branches: [TemplateBranch]

  private let statements: [any StatementNode]
  /// The text where it is constant.
  private let constantText: String
  /// Where it is one `{{ … }}` and nothing else, what is printed.
  private let single: PrintNode?
  private let usesScope: Bool

  /// Throws a syntax error, or a limit error for a template that is nested too deeply.
  /// - Parameter note: is told of the ways that evaluations go.
  package init(
    _ source: String, environment: Environment = .standard, note: BranchNote? = nil
  ) throws(TemplateError) {
    self.source = source
    self.environment = environment
    var parser = try Parser(source)
    let syntax = try parser.parse()
    var compiler = Compiler(environment, syntax, note: note)
    statements = try compiler.compile(syntax)
    branches = compiler.branches
    var names = UndeclaredVariables(globals: Set(environment.globals.keys))
    undeclaredVariables = names.find(in: syntax)
    globals = NameWalk.globals(environment, in: syntax)
    isPure = globals.isEmpty && !NameWalk.contains(syntax, where: \.isImpure)
    single = statements.count == 1 ? statements.first as? PrintNode : nil
    var text = ""
    var isConstant = true
    var usesScope = false
    for statement in statements {
      if let node = statement as? TextNode { text += node.text } else { isConstant = false }
      if !(statement is TextNode || statement is PrintNode) { usesScope = true }
    }
    self.isConstant = isConstant
    self.usesScope = usesScope
    constantText = text
  }

  /// Whether it is exactly one `{{ … }}`, so that ``value(_:)`` has a value.
  package var isExpression: Bool { single != nil }

  /// The text that the template gives with the variables of `context`.
  package func render(_ context: Context) throws(TemplateError) -> String {
    var evaluation = evaluation(context)
    do throws(TemplateError) {
      return try render(&evaluation)
    } catch  where error.kind == .readOnly {
      try evaluation.beginWithCopies()
      return try render(&evaluation)
    }
  }

  /// The value of a template that is exactly one `{{ … }}`, without going through its text; nil for any other template.
  package func value(_ context: Context) throws(TemplateError) -> Value? {
    var evaluation = evaluation(context)
    do throws(TemplateError) {
      return try value(&evaluation)?.frozen
    } catch  where error.kind == .readOnly {
      try evaluation.beginWithCopies()
      return try value(&evaluation)?.frozen
    }
  }

  /// An evaluation of the template that has not begun, with the variables of `context`, which it only reads. Where it fails for
  /// ``TemplateError/Kind/readOnly`` the template tries to change them, and is evaluated again after
  /// ``Evaluation/beginWithCopies()``. What leaves it must be ``Value/frozen``.
  package func evaluation(_ context: consuming Context, runtime: TemplateRuntime? = nil) -> Evaluation {
    Evaluation(environment: environment, context: context, limits: environment.limits, runtime: runtime)
  }

  /// The text that the template gives in `evaluation`.
  package func render(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    if isConstant { return constantText }
    if let single { return try single.text(&evaluation) }
    var output = ""
    guard usesScope else {
      try statements.execute(&evaluation, &output)
      return output
    }
    try evaluation.scoped(in: nil) { (evaluation) throws(TemplateError) in
      try statements.execute(&evaluation, &output)
    }
    return output
  }

  /// The same for the value of a single `{{ … }}`.
  package func value(_ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    guard let single else { return nil }
    return try single.expression.evaluate(&evaluation)
  }
}
