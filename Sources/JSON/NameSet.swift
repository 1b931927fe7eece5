/// Names, such as those of streams, which differ where their code points do.
package struct NameSet: Sendable, Hashable, ExpressibleByArrayLiteral, Sequence {
  private var stored: Set<ExactName>

  package init() { stored = [] }

  package init(arrayLiteral elements: String...) { self.init(elements) }

  package init(_ names: some Sequence<String>) { stored = Set(names.lazy.map { ExactName(text: $0) }) }

  package var isEmpty: Bool { stored.isEmpty }
  package var count: Int { stored.count }

  package func contains(_ name: String) -> Bool { stored.contains(ExactName(text: name)) }

  /// - Returns: whether the name is new.
  @discardableResult
  package mutating func insert(_ name: String) -> Bool { stored.insert(ExactName(text: name)).inserted }

  /// - Returns: whether the name was there.
  @discardableResult
  package mutating func remove(_ name: String) -> Bool { stored.remove(ExactName(text: name)) != nil }

  package mutating func formUnion(_ names: some Sequence<String>) { for name in names { insert(name) } }

  package func isSuperset(of names: some Sequence<String>) -> Bool { names.allSatisfy(contains) }

  package struct Iterator: IteratorProtocol {
    fileprivate var inner: Set<ExactName>.Iterator

    package mutating func next() -> String? { inner.next()?.text }
  }

  package func makeIterator() -> Iterator { Iterator(inner: stored.makeIterator()) }
}

extension Sequence<String> {
  /// Whether one of these texts has the same code points as another one.
  package func includes(_ text: String) -> Bool { contains { $0.sameScalars(as: text) } }
}
