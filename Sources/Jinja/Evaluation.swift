/// One evaluation of a template: its variables, and what it may still use up.
package struct Evaluation {
  package let environment: Environment
  private(set) var context: Context
  /// What functions ask for the time and chance; nil for those of the system.
  private let given: TemplateRuntime?
  /// The variables that the template itself binds, innermost first.
  var scope: Scope?
  /// Whether expressions are escaped for HTML as they are printed.
  var isEscaping = false

  private var steps: Int
  private let limits: Limits
  private var callDepth = 0
  /// Levels of a value that are being shown.
  var showing = 0
  private(set) lazy var changedContainers = ChangedContainers()

  package init(
    environment: Environment, context: consuming Context, limits: Limits = .standard, runtime: TemplateRuntime? = nil
  ) {
    self.environment = environment
    self.context = context
    given = runtime
    self.limits = limits
    steps = limits.steps
  }

  /// The time and chance of the evaluation.
  package var runtime: TemplateRuntime { given ?? .system }

  /// Starts again with its own variables: a template changes only copies, which nobody else sees.
  package mutating func beginWithCopies() throws(TemplateError) {
    self = Evaluation(environment: environment, context: context, limits: limits, runtime: given)
    var copier = ValueCopier()
    for symbol in context.symbols {
      if let value = context[symbol] { context[symbol] = try copier.copy(value, &self) }
    }
  }

  /// Steps that are used up so far.
  package var stepsTaken: Int { limits.steps - steps }

  /// Uses up steps; throws a limit error if none are left.
  @inline(__always)
  package mutating func charge(_ count: Int = 1) throws(TemplateError) {
    steps -= count
    if steps < 0 { throw outOfSteps }
  }

  /// Allows for a text of `size` bytes that an operation is about to make.
  package mutating func charge(text size: Int) throws(TemplateError) {
    try checkSize(text: size)
    try charge(size >> 6)
  }

  /// Allows for looking at a text of `size` bytes, to compare it or to find it in a dict.
  @inline(__always)
  package mutating func charge(looking size: Int) throws(TemplateError) {
    if size >= 1 << 10 { try charge(size >> 10) }
  }

  /// Allows for reading `count` elements or members of a container.
  @inline(__always)
  package mutating func charge(reading count: Int) throws(TemplateError) {
    if count >= 1 << 3 { try charge(count >> 3) }
  }

  /// Allows for arithmetic on integers of `left` and `right` bits whose work grows by their product.
  mutating func charge(bits left: Int, by right: Int) throws(TemplateError) {
    try charge(((left >> 6) + 1) * ((right >> 6) + 1) >> 6)
  }

  /// Allows for `added` bytes that make a text `size` bytes long.
  @inline(__always)
  package mutating func charge(text size: Int, adding added: Int) throws(TemplateError) {
    try checkSize(text: size)
    try charge(1 + added >> 6)
  }

  @inline(__always)
  func checkSize(text size: Int) throws(TemplateError) {
    if size > limits.textSize {
      throw TemplateError(.limit, "The template makes a text of more than \(limits.textSize) bytes")
    }
  }

  /// Allows for looking for `part` bytes in `size` bytes, whose worst case is their product.
  mutating func charge(search part: Int, in size: Int) throws(TemplateError) {
    try charge(looking: size)
    let work = part.multipliedReportingOverflow(by: size >> 8)
    try charge(work.overflow ? .max : work.partialValue)
  }

  /// Allows for a list of `count` elements that an operation is about to make.
  package mutating func charge(list count: Int) throws(TemplateError) {
    try checkSize(list: count)
    try charge(count >> 3)
  }

  /// The number of elements that is one more than a list may have.
  var tooMany: Int { limits.listSize + 1 }

  func checkSize(list count: Int) throws(TemplateError) {
    if count > limits.listSize {
      throw TemplateError(.limit, "The template makes a list of more than \(limits.listSize) elements")
    }
  }

  /// Allows a value that nests containers this deep.
  func checkDepth(_ value: Value) throws(TemplateError) -> Value {
    try checkDepth(value.depth)
    return value
  }

  @inline(__always)
  func checkDepth(_ depth: Int) throws(TemplateError) {
    if depth > Limits.valueDepth {
      throw TemplateError(.limit, "The template nests containers more than \(Limits.valueDepth) levels deep")
    }
  }

  /// Allows for a walk that is `depth` levels deep inside a value.
  @inline(__always)
  package func checkWalk(depth: Int) throws(TemplateError) {
    if depth > Limits.walkDepth {
      throw TemplateError(.limit, "A value is nested too deeply: more than \(Limits.walkDepth) levels")
    }
  }

  /// Runs a macro or a recursive loop whose body is `depth` levels of syntax.
  mutating func nested<Result>(
    depth: Int, _ body: (inout Evaluation) throws(TemplateError) -> Result
  ) throws(TemplateError) -> Result {
    callDepth += depth
    defer { callDepth -= depth }
    if callDepth > Limits.callDepth { throw TemplateError(.limit, "Macros or recursive loops call each other too deeply") }
    try charge()
    return try body(&self)
  }

  private var outOfSteps: TemplateError { TemplateError(.limit, "The template takes more than \(limits.steps) steps") }
}

/// Variables that a template binds in one place, by reference: at its top, in a loop's turn, in a macro's call.
struct Scope: Sendable {
  private struct Variables {
    let parent: Scope?
    var bindings: [(symbol: Symbol, value: Value)] = []
    /// The index of a symbol among the bindings, once there are many.
    var places: [Symbol: Int]?

    static let few = 16

    @inline(__always)
    func place(of symbol: Symbol) -> Int? {
      if let places { return places[symbol] }
      return bindings.firstIndex { $0.symbol == symbol }
    }

    mutating func add(_ symbol: Symbol, _ value: Value) {
      bindings.append((symbol, value))
      if places != nil {
        places?[symbol] = bindings.count - 1
      } else if bindings.count > Self.few {
        places = Dictionary(uniqueKeysWithValues: bindings.enumerated().lazy.map { ($1.symbol, $0) })
      }
    }
  }

  private let variables: Confined<Variables>

  init(parent: Scope?) { variables = Confined(Variables(parent: parent)) }

  var parent: Scope? { variables.state.parent }

  /// The value in this scope or the nearest one around it.
  func find(_ symbol: Symbol) -> Value? {
    var scope: Scope? = self
    while let current = scope {
      if let place = current.variables.state.place(of: symbol) { return current.variables.state.bindings[place].value }
      scope = current.parent
    }
    return nil
  }

  func set(_ symbol: Symbol, _ value: Value) {
    if let place = variables.state.place(of: symbol) {
      variables.state.bindings[place].value = value
    } else {
      variables.state.add(symbol, value)
    }
  }

  /// Forgets all bindings, for the next turn of a loop.
  func clear() {
    variables.state.bindings.removeAll(keepingCapacity: true)
    variables.state.places = nil
  }
}
