/// A name that is the same as another one only if both have the same code points, as in Python and on the wire. Swift's own texts are
/// equal if they look the same: `é` may be one code point, or two.
@usableFromInline struct ExactName: Sendable, Hashable {
  @usableFromInline let text: String

  @usableFromInline init(text: String) { self.text = text }

  @usableFromInline static func == (left: ExactName, right: ExactName) -> Bool { left.text.sameScalars(as: right.text) }

  @usableFromInline func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// Values by names, such as those of streams, which differ where their code points do. Inlinable, so that it is specialized.
package struct ByName<Value>: ExpressibleByDictionaryLiteral, Sequence {
  @usableFromInline var stored: [ExactName: Value]

  @inlinable package init() { stored = [:] }

  @inlinable package init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) { $1 } }

  /// - Parameter combine: gives the value where a name comes twice.
  @inlinable package init(_ pairs: some Sequence<(String, Value)>, uniquingKeysWith combine: (Value, Value) throws -> Value)
    rethrows
  {
    stored = try Dictionary(pairs.lazy.map { (ExactName(text: $0.0), $0.1) }, uniquingKeysWith: combine)
  }

  @inlinable init(stored: [ExactName: Value]) { self.stored = stored }

  @inlinable package subscript(name: String) -> Value? {
    get { stored[ExactName(text: name)] }
    _modify { yield &stored[ExactName(text: name)] }
  }

  @inlinable package subscript(name: String, default none: @autoclosure () -> Value) -> Value {
    get { stored[ExactName(text: name)] ?? none() }
    _modify { yield &stored[ExactName(text: name), default: none()] }
  }

  @inlinable package var isEmpty: Bool { stored.isEmpty }
  @inlinable package var count: Int { stored.count }
  @inlinable package var keys: [String] { stored.keys.map(\.text) }
  @inlinable package var values: [Value] { Array(stored.values) }

  @inlinable package mutating func updateValue(_ value: Value, forKey name: String) -> Value? {
    stored.updateValue(value, forKey: ExactName(text: name))
  }

  @discardableResult
  @inlinable package mutating func removeValue(forKey name: String) -> Value? {
    stored.removeValue(forKey: ExactName(text: name))
  }

  @inlinable package mutating func merge(_ other: ByName, uniquingKeysWith combine: (Value, Value) throws -> Value) rethrows {
    try stored.merge(other.stored, uniquingKeysWith: combine)
  }

  @inlinable package func filter(_ isIncluded: (Element) throws -> Bool) rethrows -> ByName {
    ByName(stored: try stored.filter { try isIncluded(($0.key.text, $0.value)) })
  }

  @inlinable package func mapValues<Other>(_ transform: (Value) throws -> Other) rethrows -> ByName<Other> {
    ByName<Other>(stored: try stored.mapValues(transform))
  }

  // MARK: Sequence

  package typealias Element = (key: String, value: Value)

  package struct Iterator: IteratorProtocol {
    @usableFromInline var inner: Dictionary<ExactName, Value>.Iterator

    @inlinable init(inner: Dictionary<ExactName, Value>.Iterator) { self.inner = inner }

    @inlinable package mutating func next() -> Element? { inner.next().map { ($0.key.text, $0.value) } }
  }

  @inlinable package func makeIterator() -> Iterator { Iterator(inner: stored.makeIterator()) }
}

extension ByName: Sendable where Value: Sendable {}
extension ByName: Equatable where Value: Equatable {}
extension ByName: Hashable where Value: Hashable {}
