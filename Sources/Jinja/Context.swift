/// The variables that a template is evaluated with: a handful of bindings, found by comparing integers.
///
/// Most templates take one or two, which lie in the value itself.
package struct Context: Sendable {
  // Symbol and value apart, so that a look-up reads one without copying the other.
  private var firstSymbol: Symbol?
  private var firstValue = Value.none
  private var secondSymbol: Symbol?
  private var secondValue = Value.none
  private var others: [(symbol: Symbol, value: Value)] = []

  package init() {}

  /// Adds a variable that is not there yet.
  @inline(__always)
  package mutating func add(_ symbol: Symbol, _ value: Value) {
    if firstSymbol == nil {
      firstSymbol = symbol
      firstValue = value
    } else if secondSymbol == nil {
      secondSymbol = symbol
      secondValue = value
    } else {
      others.append((symbol, value))
    }
  }

  /// The variable's value; setting one adds or replaces it, setting nil removes it.
  package subscript(symbol: Symbol) -> Value? {
    @inline(__always) get {
      if firstSymbol == symbol { return firstValue }
      if secondSymbol == symbol { return secondValue }
      for other in others where other.symbol == symbol { return other.value }
      return nil
    }
    set {
      if firstSymbol == symbol { firstSymbol = nil }
      if secondSymbol == symbol { secondSymbol = nil }
      others.removeAll { $0.symbol == symbol }
      if let newValue { add(symbol, newValue) }
    }
  }

  /// The member of a variable's value, read where it lies, as ``Value/member(_:dotted:)`` gives it.
  @inline(__always)
  func member(_ key: MemberKey, of symbol: Symbol, dotted: Bool = false) -> Value? {
    if firstSymbol == symbol { return firstValue.member(key, dotted: dotted) }
    if secondSymbol == symbol { return secondValue.member(key, dotted: dotted) }
    return self[symbol]?.member(key, dotted: dotted)
  }

  var symbols: [Symbol] { [firstSymbol, secondSymbol].compactMap { $0 } + others.map(\.symbol) }

  /// The names of all variables.
  package var names: Set<String> { Set(symbols.map(\.name)) }
}

extension Context: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (Symbol, Value)...) {
    self.init()
    for (symbol, value) in elements { self[symbol] = value }
  }
}
