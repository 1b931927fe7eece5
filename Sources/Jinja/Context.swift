/// The variables that a template is evaluated with: a handful of bindings, found by comparing integers.
///
/// Most templates take one or two, which are in the value itself.
package struct Context: Sendable {
  // Symbol and value apart, so that a look-up reads one without copying the other.
  private var firstSymbol: Symbol?
  private var firstValue = Value.none
  private var secondSymbol: Symbol?
  private var secondValue = Value.none
  private var others = Others.few([])

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
      others.add(symbol, value)
    }
  }

  /// The variable's value; setting one adds or replaces it, setting nil removes it.
  package subscript(symbol: Symbol) -> Value? {
    @inline(__always) get {
      if firstSymbol == symbol { return firstValue }
      if secondSymbol == symbol { return secondValue }
      return others.find(symbol)
    }
    set {
      if firstSymbol == symbol { firstSymbol = nil }
      if secondSymbol == symbol { secondSymbol = nil }
      others.remove(symbol)
      if let newValue { add(symbol, newValue) }
    }
  }

  /// The member of a variable's value, read where it is, as ``Value/member(_:dotted:)`` gives it.
  @inline(__always)
  func member(_ key: MemberKey, of symbol: Symbol, dotted: Bool = false) -> Value? {
    if firstSymbol == symbol { return firstValue.member(key, dotted: dotted) }
    if secondSymbol == symbol { return secondValue.member(key, dotted: dotted) }
    return self[symbol]?.member(key, dotted: dotted)
  }

  var symbols: [Symbol] { [firstSymbol, secondSymbol].compactMap { $0 } + others.symbols }

  /// The names of all variables.
  package var names: Set<String> { Set(symbols.map(\.name)) }
}

/// The variables beyond the first two: looked through while they are few, and looked up when they are many.
private enum Others: Sendable {
  case few([(symbol: Symbol, value: Value)])
  case many([Symbol: Value])

  private static let few = 16

  func find(_ symbol: Symbol) -> Value? {
    switch self {
    case .few(let variables): variables.first { $0.symbol == symbol }?.value
    case .many(let variables): variables[symbol]
    }
  }

  mutating func add(_ symbol: Symbol, _ value: Value) {
    switch consume self {
    case .few(var variables):
      variables.append((symbol, value))
      self =
        variables.count > Self.few
        ? .many(Dictionary(variables.map { ($0.symbol, $0.value) }, uniquingKeysWith: { first, _ in first })) : .few(variables)
    case .many(var variables):
      variables[symbol] = value
      self = .many(variables)
    }
  }

  mutating func remove(_ symbol: Symbol) {
    switch consume self {
    case .few(var variables):
      variables.removeAll { $0.symbol == symbol }
      self = .few(variables)
    case .many(var variables):
      variables[symbol] = nil
      self = .many(variables)
    }
  }

  var symbols: [Symbol] {
    switch self {
    case .few(let variables): variables.map(\.symbol)
    case .many(let variables): Array(variables.keys)
    }
  }
}

extension Context: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (Symbol, Value)...) {
    self.init()
    for (symbol, value) in elements { self[symbol] = value }
  }
}
