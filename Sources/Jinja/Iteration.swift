import JSON

/// Steps through the elements of a value.
package struct ValueIterator {
  private enum Source {
    case items([Value])
    case generator(Generator)
  }

  private let source: Source
  private var index = 0

  package init(_ items: [Value]) { source = .items(items) }
  package init(_ generator: Generator) { source = .generator(generator) }

  package mutating func next(_ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    switch source {
    case .items(let items):
      guard index < items.count else { return nil }
      try evaluation.charge()
      defer { index += 1 }
      return items[index]
    case .generator(let generator): return try generator.next(&evaluation)
    }
  }
}

/// A Python generator: makes its elements as they are asked for, once.
///
/// Sound as `Sendable` since an evaluation alone sees it.
package final class Generator: TemplateObject, @unchecked Sendable {
  package typealias Body = (inout Evaluation) throws(TemplateError) -> Value?

  package let typeName: String
  package let depth: Int
  private let name: String
  private var body: Body?
  private var isRunning = false

  /// A generator over a value's elements, or anything else that `source` is, whose depth it adds to.
  package init(_ name: String, over source: Value = .none, typeName: String = "generator", _ body: @escaping Body) {
    self.name = name
    self.typeName = typeName
    depth = source.depth + 1
    self.body = body
  }

  package func next(_ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    guard let body else { return nil }
    if isRunning { throw TemplateError(.value, "A generator asks itself for elements.") }
    try evaluation.charge()
    isRunning = true
    defer { isRunning = false }
    let value: Value?
    do {
      value = try body(&evaluation)
    } catch {
      self.body = nil
      throw error
    }
    if value == nil { self.body = nil }
    return value
  }

  package func iterator() -> ValueIterator? { ValueIterator(self) }

  package func text(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    typeName == "generator" ? "<generator object \(name) at 0x7f0000000000>" : "<\(typeName) object at 0x7f0000000000>"
  }
}

extension Value {
  /// An iterator over the elements, keys or characters; nil where Python cannot iterate.
  package func iteratorIfAny() -> ValueIterator? {
    switch self {
    case .list(let list): ValueIterator(list.items)
    case .tuple(let items): ValueIterator(items)
    case .string(let text): ValueIterator(text.unicodeScalars.map { .string(String($0)) })
    case .markup(let text): ValueIterator(text.unicodeScalars.map { .string(String($0)) })
    case .bytes(let bytes): ValueIterator(bytes.map { .int(Int($0)) })
    case .dict(let dict): ValueIterator(dict.storage.keys.map(\.value))
    case .mapping(let mapping): ValueIterator(mapping.keys.map { .string($0) })
    case .json(let view): ValueIterator(Value.elements(of: view))
    case .undefined: ValueIterator([])
    case .object(let object): object.iterator()
    default: nil
    }
  }

  package func iterator() throws(TemplateError) -> ValueIterator {
    if let iterator = iteratorIfAny() { return iterator }
    throw TemplateError(.type, "A value of type \(typeName) cannot be iterated over.")
  }

  /// All elements, keys or characters.
  package func elements(_ evaluation: inout Evaluation) throws(TemplateError) -> [Value] {
    switch self {
    case .list(let list): return list.items
    case .tuple(let items): return items
    default: break
    }
    var iterator = try self.iterator()
    var items: [Value] = []
    while let item = try iterator.next(&evaluation) {
      items.append(item)
      try evaluation.checkSize(list: items.count)
    }
    return items
  }

  static func elements(of view: JSONView) -> [Value] {
    var items: [Value] = []
    items.reserveCapacity(view.count)
    if view.kind == .object {
      view.forEachMember { key, _ in items.append(.string(key)) }
    } else {
      view.forEachElement { items.append(Value($0)) }
    }
    return items
  }

  /// The keys and values of a mapping, nil for anything else.
  package var members: [(key: Value, value: Value)]? {
    switch self {
    case .dict(let dict): return dict.storage.map { ($0.key.value, $0.value) }
    case .json(let view) where view.kind == .object:
      var members: [(key: Value, value: Value)] = []
      view.forEachMember { members.append((.string($0), Value($1))) }
      return members
    case .mapping(let mapping):
      return mapping.keys.map { (.string($0), mapping[$0] ?? .none) }
    default: return nil
    }
  }

  /// Whether it is a mapping in Python's sense.
  package var isMapping: Bool {
    switch self {
    case .dict, .mapping: true
    case .json(let view): view.kind == .object
    default: false
    }
  }

  /// The number of elements; a type error where Python has none.
  package func count(_ evaluation: inout Evaluation) throws(TemplateError) -> Int {
    switch self {
    case .string(let text), .markup(let text): return text.unicodeScalars.count
    case .bytes(let bytes): return bytes.count
    case .list(let list): return list.items.count
    case .tuple(let items): return items.count
    case .dict(let dict): return dict.count
    case .json(let view): return view.count
    case .mapping(let mapping): return mapping.count
    case .undefined: return 0
    case .object(let object): if let count = try object.count(&evaluation) { return count }
    default: break
    }
    throw TemplateError(.type, "A value of type \(typeName) has no length.")
  }
}
