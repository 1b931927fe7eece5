/// The variables that a template is evaluated with: a handful of bindings, found by comparing integers.
///
/// Most templates take one or two, which lie in the value itself.
package struct Context: Sendable {
  private typealias Binding = (symbol: Symbol, value: Value)

  private var first: Binding?
  private var second: Binding?
  private var others: [Binding] = []

  package init() {}

  /// Adds a variable that is not there yet.
  @inline(__always)
  package mutating func add(_ symbol: Symbol, _ value: Value) {
    if first == nil {
      first = (symbol, value)
    } else if second == nil {
      second = (symbol, value)
    } else {
      others.append((symbol, value))
    }
  }

  /// The variable's value; setting one adds or replaces it, setting nil removes it.
  package subscript(symbol: Symbol) -> Value? {
    @inline(__always) get {
      if let first, first.symbol == symbol { return first.value }
      if let second, second.symbol == symbol { return second.value }
      for other in others where other.symbol == symbol { return other.value }
      return nil
    }
    set {
      if first?.symbol == symbol { first = nil }
      if second?.symbol == symbol { second = nil }
      others.removeAll { $0.symbol == symbol }
      if let newValue { add(symbol, newValue) }
    }
  }

  /// The names of all variables.
  package var names: Set<String> {
    Set(([first, second].compactMap { $0 } + others).map { $0.symbol.name })
  }
}

extension Context: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (Symbol, Value)...) {
    self.init()
    for (symbol, value) in elements { self[symbol] = value }
  }
}
