/// What templates may use: filters, tests and global names. A value; a copy with more in it leaves the original alone.
package struct Environment: Sendable {
  package typealias Filter =
    @Sendable (_ value: Value, _ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value
  package typealias Test =
    @Sendable (_ value: Value, _ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Bool
  package typealias Function =
    @Sendable (_ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value

  private struct Content: Sendable {
    var filters: [String: Filter] = [:]
    var tests: [String: Test] = [:]
    var globals: [String: Value] = [:]
    var limits = Limits.standard
  }

  /// Behind one reference, since each evaluation carries its environment along.
  private final class Parts: Sendable {
    let content: Content

    init(_ content: Content) { self.content = content }

    static let empty = Parts(Content())
  }

  private var parts = Parts.empty

  package init() {}

  package var filters: [String: Filter] {
    get { parts.content.filters }
    _modify { yield &content.filters }
  }

  package var tests: [String: Test] {
    get { parts.content.tests }
    _modify { yield &content.tests }
  }

  /// Names that are there without a context having them; a context's variable of that name comes first.
  package var globals: [String: Value] {
    get { parts.content.globals }
    _modify { yield &content.globals }
  }

  package var limits: Limits {
    get { parts.content.limits }
    _modify { yield &content.limits }
  }

  private var content: Content {
    get { parts.content }
    _modify {
      var content = parts.content
      // Where nobody else has the parts, their dictionaries are changed in place.
      parts = .empty
      defer { parts = Parts(content) }
      yield &content
    }
  }

  /// Adds a function under a global name.
  package mutating func addFunction(_ name: String, _ body: @escaping Function) {
    globals[name] = .object(NativeFunction(name: name, body: body))
  }

  /// Jinja's own filters, tests and globals, without `range` and `lipsum`.
  package static let standard: Environment = {
    var environment = Environment()
    environment.addTextFilters()
    environment.addMarkupFilters()
    environment.addSequenceFilters()
    environment.addGroupingFilters()
    environment.addNumberFilters()
    environment.addTests()
    environment.addGlobals()
    return environment
  }()
}

/// A function that is not written in the template.
package final class NativeFunction: TemplateObject {
  package let name: String
  package let typeName: String
  package let depth: Int
  private let body: Environment.Function

  package convenience init(name: String, typeName: String = "function", body: @escaping Environment.Function) {
    self.init(name: name, typeName: typeName, over: .none, body: body)
  }

  /// A method of `value`, which it holds.
  init(name: String, typeName: String, over value: Value, body: @escaping Environment.Function) {
    self.name = name
    self.typeName = typeName
    depth = Jinja.depth(over: value)
    self.body = body
  }

  package var isCallable: Bool { true }

  package func call(_ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    try body(arguments, &evaluation)
  }

  package func text(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    typeName == "type" ? "<class '\(name)'>" : "<\(typeName) \(name) at 0x7f0000000000>"
  }
}
