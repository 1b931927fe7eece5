import BigInt
import JSON

/// The methods of `dict`.
enum DictMethod: String, Sendable {
  case clear, copy, fromkeys, get, items, keys, pop, popitem, setdefault, update, values

  func call(_ value: Value, _ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    func bound(_ names: [String], required: Int = 0) throws(TemplateError) -> [Value?] {
      try arguments.bound(to: names, of: "dict.\(rawValue)", required: required, positionalOnly: names.count)
    }
    switch self {
    case .get:
      let given = try bound(["key", "default"], required: 1)
      let key = try DictKey(given[0] ?? .none)
      return value.mappingItem(key.value) ?? given[1] ?? .none
    case .keys, .values, .items:
      _ = try bound([])
      return .object(DictView(value, kind: self))
    case .copy:
      _ = try bound([])
      return .dict(try value.dictCopy(&evaluation))
    case .fromkeys:
      let given = try bound(["iterable", "value"], required: 1)
      let dict = DictObject()
      for key in try (given[0] ?? .none).elements(&evaluation) { try dict.set(DictKey(key), given[1] ?? .none, &evaluation) }
      return .dict(dict)
    default: break
    }
    guard case .dict(let dict) = value else {
      throw TemplateError(.type, "'\(rawValue)' would change a mapping that a template can only read.")
    }
    return try change(dict, arguments, bound, &evaluation)
  }

  private func change(
    _ dict: DictObject, _ arguments: Arguments, _ bound: ([String], Int) throws(TemplateError) -> [Value?],
    _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Value {
    switch self {
    case .clear:
      _ = try bound([], 0)
      dict.removeAll()
      return .none
    case .pop:
      let given = try bound(["key", "default"], 1)
      if let removed = dict.remove(try DictKey(given[0] ?? .none)) { return removed }
      if let standard = given[1] { return standard }
      throw TemplateError(.key, "The dict has no such key to pop.")
    case .popitem:
      _ = try bound([], 0)
      guard let last = dict.removeLast() else { throw TemplateError(.key, "The dict is empty.") }
      return .tuple([last.key.value, last.value])
    case .setdefault:
      let given = try bound(["key", "default"], 1)
      let key = try DictKey(given[0] ?? .none)
      if let found = dict[key] { return found }
      let standard = given[1] ?? .none
      try dict.set(key, standard, &evaluation)
      return standard
    default:
      guard arguments.positional.count <= 1 else { throw TemplateError(.type, "dict.update takes at most 1 argument.") }
      if let other = arguments.positional.first { try dict.merge(other, &evaluation) }
      for (name, value) in arguments.keywords { try dict.set(DictKey(string: name), value, &evaluation) }
      return .none
    }
  }
}

extension DictObject {
  /// Takes over what a mapping, or an iterable of pairs, holds.
  func merge(_ other: Value, _ evaluation: inout Evaluation) throws(TemplateError) {
    if let members = other.members {
      for (key, value) in members { try set(DictKey(key), value, &evaluation) }
      return
    }
    if case .undefined(let reason) = other { throw reason.error }
    for pair in try other.elements(&evaluation) {
      let items = try pair.elements(&evaluation)
      guard items.count == 2 else { throw TemplateError(.value, "A dict wants pairs of keys and values.") }
      try set(DictKey(items[0]), items[1], &evaluation)
    }
  }
}

extension Value {
  /// A dict of its own with the members of this mapping.
  func dictCopy(_ evaluation: inout Evaluation) throws(TemplateError) -> DictObject {
    if case .dict(let dict) = self { return DictObject(dict.storage) }
    let dict = DictObject()
    try dict.merge(self, &evaluation)
    return dict
  }
}

/// What `keys()`, `values()` and `items()` give.
final class DictView: TemplateObject, ComparableObject {
  private let mapping: Value
  private let kind: DictMethod

  init(_ mapping: Value, kind: DictMethod) {
    self.mapping = mapping
    self.kind = kind
  }

  var typeName: String { "dict_\(kind.rawValue)" }
  var depth: Int { mapping.depth + 1 }
  var isTruthy: Bool { mapping.isTruthy }

  private var elements: [Value] {
    let members = mapping.members ?? []
    switch kind {
    case .keys: return members.map(\.key)
    case .values: return members.map(\.value)
    default: return members.map { .tuple([$0.key, $0.value]) }
    }
  }

  func iterator() -> ValueIterator? { ValueIterator(elements) }
  func count(_ evaluation: inout Evaluation) throws(TemplateError) -> Int? { try mapping.count(&evaluation) }

  func text(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    "\(typeName)(\(try Value.list(ListObject(elements)).representation(&evaluation)))"
  }

  func equals(_ other: any TemplateObject) -> Bool {
    guard let other = other as? DictView, kind != .values, other.kind != .values else { return false }
    let left = elements
    let right = other.elements
    return left.count == right.count && left.allSatisfy { item in right.contains { $0.isEqual(to: item) } }
  }

  func attribute(_ name: String, _ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    guard name == "isdisjoint", kind != .values else { return name == "mapping" ? mapping : nil }
    return .object(
      NativeFunction(name: name, typeName: "built-in method") { (arguments, evaluation) throws(TemplateError) in
        let other = try arguments.bound(to: ["other"], of: name, required: 1)[0] ?? .none
        for item in try other.elements(&evaluation) where self.elements.contains(where: { $0.isEqual(to: item) }) {
          return .bool(false)
        }
        return .bool(true)
      })
  }
}

/// The methods of `list`.
enum ListMethod: String, Sendable {
  case append, clear, copy, count, extend, index, insert, pop, remove, reverse, sort

  func call(_ value: Value, _ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    func bound(_ names: [String], required: Int = 0) throws(TemplateError) -> [Value?] {
      try arguments.bound(to: names, of: "list.\(rawValue)", required: required, positionalOnly: names.count)
    }
    switch self {
    case .count, .index:
      return try TupleMethod.search(value.listItems ?? [], counts: self == .count, arguments, "list.\(rawValue)", &evaluation)
    case .copy:
      _ = try bound([])
      return .list(ListObject(value.listItems ?? []))
    default: break
    }
    guard case .list(let list) = value else {
      throw TemplateError(.type, "'\(rawValue)' would change a list that a template can only read.")
    }
    return try change(list, arguments, bound, &evaluation)
  }

  private func change(
    _ list: ListObject, _ arguments: Arguments, _ bound: ([String], Int) throws(TemplateError) -> [Value?],
    _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Value {
    let count = list.items.count
    try evaluation.charge(list: self == .append || self == .pop ? 1 : count)
    switch self {
    case .append:
      let item = try bound(["object"], 1)[0] ?? .none
      try list.change(adding: [item], &evaluation) { $0.append(item) }
    case .extend:
      let items = try (try bound(["iterable"], 1)[0] ?? .none).elements(&evaluation)
      try evaluation.charge(list: count + items.count)
      try list.change(adding: items, &evaluation) { $0 += items }
    case .insert:
      let given = try bound(["index", "object"], 2)
      let index = try (given[0] ?? .none).index(for: "list.insert")
      let item = given[1] ?? .none
      let place = min(max(0, index < 0 ? index &+ count : index), count)
      try list.change(adding: [item], &evaluation) { $0.insert(item, at: place) }
    case .pop:
      let index = try bound(["index"], 0)[0] ?? .int(-1)
      _ = try index.index(for: "list.pop")
      guard let place = Value.place(index, count) else { throw TemplateError(.index, "The list has no such place to pop.") }
      let removed = list.items[place]
      try list.change(adding: [], &evaluation) { $0.remove(at: place) }
      return removed
    case .remove:
      let item = try bound(["value"], 1)[0] ?? .none
      guard let place = list.items.firstIndex(where: { $0.isEqual(to: item) }) else {
        throw TemplateError(.value, "The value to remove is not in the list.")
      }
      try list.change(adding: [], &evaluation) { $0.remove(at: place) }
    case .sort:
      let given = try arguments.bound(to: ["key", "reverse"], of: "list.sort")
      guard arguments.positional.isEmpty else { throw TemplateError(.type, "list.sort takes its arguments by name.") }
      var keys = list.items
      if let function = given[0], !function.isNone {
        keys = []
        for item in list.items { keys.append(try function.call(Arguments([item]), &evaluation)) }
      }
      let order = try sortedPlaces(keys, isReversed: given[1]?.isTruthy ?? false, &evaluation)
      try list.change(adding: [], &evaluation) { items in items = order.map { items[$0] } }
    case .reverse:
      _ = try bound([], 0)
      try list.change(adding: [], &evaluation) { $0.reverse() }
    default:
      _ = try bound([], 0)
      try list.change(adding: [], &evaluation) { $0.removeAll() }
    }
    return .none
  }
}

/// The methods of `tuple`, which `list` has as well.
enum TupleMethod: String, Sendable {
  case count, index

  func call(_ items: [Value], _ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    try Self.search(items, counts: self == .count, arguments, "tuple.\(rawValue)", &evaluation)
  }

  static func search(
    _ items: [Value], counts: Bool, _ arguments: Arguments, _ name: String, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Value {
    try evaluation.charge(list: items.count)
    let names = counts ? ["value"] : ["value", "start", "stop"]
    let given = try arguments.bound(to: names, of: name, required: 1, positionalOnly: names.count)
    let wanted = given[0] ?? .none
    if counts { return .int(items.count { $0.isEqual(to: wanted) }) }
    var bounds = SliceBounds()
    bounds.start = try given[1]?.index(for: name)
    bounds.stop = try given[2]?.index(for: name)
    let (low, high) = bounds.range(in: items.count)
    if low < high, let place = items[low..<high].firstIndex(where: { $0.isEqual(to: wanted) }) { return .int(place) }
    throw TemplateError(.value, "The value to look for is not in the \(name.prefix { $0 != "." }).")
  }
}

/// The places of `keys` in ascending order, equal ones as they stand; a type error where two have no order.
func sortedPlaces(
  _ keys: [Value], isReversed: Bool = false, _ evaluation: inout Evaluation
) throws(TemplateError) -> [Int] {
  try evaluation.charge(list: keys.count * 4)
  var failure: TemplateError?
  func isLess(_ left: Int, _ right: Int) -> Bool {
    guard failure == nil else { return false }
    do {
      return try keys[left].compare(.less, to: keys[right])
    } catch {
      failure = error
      return false
    }
  }
  // Reversed twice, equal keys keep their order in a descending sort too, as in Python.
  let places = isReversed ? Array(keys.indices.reversed()) : Array(keys.indices)
  let sorted = places.sorted(by: isLess)
  if let failure { throw failure }
  return isReversed ? sorted.reversed() : sorted
}

/// The methods of `bytes` that a template has use for.
enum BytesMethod: String, Sendable {
  case decode, hex

  func call(_ bytes: [UInt8], _ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    try evaluation.charge(text: bytes.count)
    switch self {
    case .hex:
      let digits = Array("0123456789abcdef".utf8)
      var text: [UInt8] = []
      for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
      }
      return .string(String(decoding: text, as: UTF8.self))
    case .decode:
      let given = try arguments.bound(to: ["encoding", "errors"], of: "bytes.decode")
      let encoding = given[0]?.text?.lowercased().filter { $0 != "-" && $0 != "_" } ?? "utf8"
      if encoding == "latin1" || encoding == "iso88591" {
        return .string(String(bytes.map { Unicode.Scalar($0) }))
      }
      guard let text = String(validating: bytes, as: UTF8.self), encoding != "ascii" || text.isASCII else {
        guard given[1]?.text == "replace" || given[1]?.text == "ignore" else {
          throw TemplateError(.value, "The bytes are not valid in the encoding '\(encoding)'.")
        }
        return .string(String(decoding: bytes, as: UTF8.self))
      }
      return .string(text)
    }
  }
}
