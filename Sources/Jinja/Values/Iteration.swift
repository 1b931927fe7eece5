import JSON

/// Steps through the elements of a value.
package struct ValueIterator {
  private enum Source {
    case items([Value])
    /// A list as it is when the next element is read: what is appended meanwhile is included.
    case list(ListObject)
    case text(String.UnicodeScalarView)
    case bytes([UInt8])
    case generator(Generator)
  }

  private let source: Source
  private var index = 0
  private var textIndex: String.Index

  private init(_ source: Source, at textIndex: String.Index = "".startIndex) {
    self.source = source
    self.textIndex = textIndex
  }

  package init(_ items: [Value]) { self.init(.items(items)) }
  package init(_ generator: Generator) { self.init(.generator(generator)) }
  init(_ list: ListObject) { self.init(.list(list)) }
  init(_ text: String) { self.init(.text(text.unicodeScalars), at: text.startIndex) }
  init(_ bytes: [UInt8]) { self.init(.bytes(bytes)) }

  package mutating func next(_ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    let value: Value
    switch source {
    case .items(let items):
      guard index < items.count else { return nil }
      value = items[index]
    case .list(let list):
      guard index < list.items.count else { return nil }
      value = list.items[index]
    case .text(let scalars):
      guard textIndex < scalars.endIndex else { return nil }
      value = .string(String(scalars[textIndex]))
      scalars.formIndex(after: &textIndex)
    case .bytes(let bytes):
      guard index < bytes.count else { return nil }
      value = .int(Int(bytes[index]))
    case .generator(let generator): return try generator.next(&evaluation)
    }
    try evaluation.charge()
    index += 1
    return value
  }
}

/// A Python generator: makes its elements as they are asked for, once.
package final class Generator: TemplateObject {
  package typealias Body = (inout Evaluation) throws(TemplateError) -> Value?

  package let typeName: String
  package let depth: Int
  private let name: String
  private struct Rest {
    /// Nil where nothing more comes.
    var body: Body?
    var isRunning = false
  }
  private let rest: Confined<Rest>

  /// A generator that makes its elements of `source` and `arguments`.
  init(
    _ name: String, over source: Value, _ arguments: Arguments = .none, typeName: String = "generator", _ body: @escaping Body
  ) {
    self.name = name
    self.typeName = typeName
    depth = Jinja.depth(over: source, arguments)
    rest = Confined(Rest(body: body))
  }

  package func next(_ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    guard let body = rest.state.body else { return nil }
    if rest.state.isRunning { throw TemplateError(.value, "A generator reads its own elements") }
    rest.state.isRunning = true
    defer { rest.state.isRunning = false }
    let value: Value?
    do {
      // One that asks another one, which asks another one, lies on the stack as macros do.
      value = try evaluation.nested(depth: Limits.generatorDepth, body)
    } catch {
      rest.state.body = nil
      throw error
    }
    if value == nil { rest.state.body = nil }
    return value
  }

  package var isIterable: Bool { true }
  package func iterator(_ evaluation: inout Evaluation) throws(TemplateError) -> ValueIterator? { ValueIterator(self) }

  package func text(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    typeName == "generator" ? "<generator object \(name) at 0x7f0000000000>" : "<\(typeName) object at 0x7f0000000000>"
  }
}

extension Value {
  /// Whether Python can iterate over it: it has elements, keys or characters.
  package var isIterable: Bool {
    switch self {
    case .list, .tuple, .string, .markup, .bytes, .dict, .mapping, .json, .undefined: true
    case .object(let object): object.isIterable
    default: false
    }
  }

  /// An iterator over the elements, keys or characters; a type error if Python cannot iterate.
  package func iterator(_ evaluation: inout Evaluation) throws(TemplateError) -> ValueIterator {
    switch self {
    case .list(let list): return ValueIterator(list)
    case .tuple(let tuple): return ValueIterator(tuple.items)
    case .string(let text), .markup(let text): return ValueIterator(text)
    case .bytes(let bytes): return ValueIterator(bytes)
    case .dict(let dict):
      try evaluation.charge(reading: dict.count)
      return ValueIterator(dict.storage.keys.map(\.value))
    case .mapping(let mapping):
      try evaluation.charge(reading: mapping.count)
      return ValueIterator(mapping.keys.map { .string($0) })
    case .json(let view):
      try evaluation.charge(reading: view.count)
      return ValueIterator(Value.elements(of: view))
    case .undefined: return ValueIterator([Value]())
    case .object(let object): if let iterator = try object.iterator(&evaluation) { return iterator }
    default: break
    }
    throw TemplateError(.type, "A value of type \(typeName) cannot be iterated over")
  }

  /// All elements, keys or characters.
  package func elements(_ evaluation: inout Evaluation) throws(TemplateError) -> [Value] {
    switch self {
    case .list(let list): return list.items
    case .tuple(let tuple): return tuple.items
    default: break
    }
    var iterator = try self.iterator(&evaluation)
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

  /// The keys and values of a mapping, nil for anything else; their number is allowed for.
  package func members(_ evaluation: inout Evaluation) throws(TemplateError) -> [(key: Value, value: Value)]? {
    switch self {
    case .dict(let dict): try evaluation.charge(reading: dict.count)
    case .json(let view): try evaluation.charge(reading: view.count)
    case .mapping(let mapping): try evaluation.charge(reading: mapping.count)
    default: return nil
    }
    return members
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

  /// The number of elements; a type error if Python has none.
  package func count(_ evaluation: inout Evaluation) throws(TemplateError) -> Int {
    switch self {
    case .string(let text), .markup(let text):
      try evaluation.charge(looking: text.utf8.count)
      return text.unicodeScalars.count
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
    throw TemplateError(.type, "A value of type \(typeName) has no length")
  }
}
