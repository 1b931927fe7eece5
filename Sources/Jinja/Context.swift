/// The variables that a template is evaluated with: a handful of bindings, found by comparing integers.
package struct Context: Sendable {
  package private(set) var bindings: [(symbol: Symbol, value: Value)]

  package init() { bindings = [] }

  package init(_ bindings: [(symbol: Symbol, value: Value)]) { self.bindings = bindings }

  /// The variable's value; setting one adds or replaces it, setting nil removes it.
  package subscript(symbol: Symbol) -> Value? {
    @inline(__always) get {
      for binding in bindings where binding.symbol == symbol { return binding.value }
      return nil
    }
    set {
      let place = bindings.firstIndex { $0.symbol == symbol }
      switch (place, newValue) {
      case (let place?, let value?): bindings[place].value = value
      case (let place?, nil): bindings.remove(at: place)
      case (nil, let value?): bindings.append((symbol, value))
      case (nil, nil): break
      }
    }
  }

  /// The names of all variables.
  package var names: Set<String> { Set(bindings.map { $0.symbol.name }) }
}

extension Context: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (Symbol, Value)...) {
    self.init()
    for (symbol, value) in elements { self[symbol] = value }
  }
}
