import BigInt
import OrderedCollections

/// A Python list.
///
/// Sound as `Sendable` because a list that a template can change is made by one evaluation and seen by no other: contexts hold
/// parsed JSON and mappings, which are read only, and a list handed in or out is handed over.
package final class ListObject: @unchecked Sendable {
  package private(set) var items: [Value]
  /// How deep containers lie in it, itself included.
  private(set) var depth: Int
  /// Whether it lies in a container, whose depth then no longer follows.
  fileprivate(set) var isContained = false

  package init(_ items: [Value] = []) {
    self.items = items
    depth = deepest(items) + 1
  }

  /// Changes the elements; `added` are those that were put in.
  func change(
    adding added: [Value], _ evaluation: inout Evaluation, _ body: (inout [Value]) -> Void
  ) throws(TemplateError) {
    let inner = deepest(added)
    try evaluation.chargeLink(depth: inner, isContained: isContained)
    body(&items)
    depth = max(depth, inner + 1)
    try evaluation.checkSize(list: items.count)
  }
}

/// A Python dict: keys keep the order in which they were first put in.
///
/// Sound as `Sendable` for the same reason as ``ListObject``.
package final class DictObject: @unchecked Sendable {
  package private(set) var storage: OrderedDictionary<DictKey, Value>
  private(set) var depth: Int
  fileprivate(set) var isContained = false

  package init(_ storage: OrderedDictionary<DictKey, Value> = [:]) {
    self.storage = storage
    depth = deepest(storage.values) + 1
  }

  package convenience init(strings: [(String, Value)]) {
    var storage = OrderedDictionary<DictKey, Value>(minimumCapacity: strings.count)
    for (key, value) in strings { storage[DictKey(string: key)] = value }
    self.init(storage)
  }

  package var count: Int { storage.count }
  package subscript(key: DictKey) -> Value? { storage[key] }
  package subscript(key: String) -> Value? { storage[DictKey(string: key)] }

  func set(_ key: DictKey, _ value: Value, _ evaluation: inout Evaluation) throws(TemplateError) {
    let inner = max(markContained(value), markContained(key.value))
    try evaluation.chargeLink(depth: inner, isContained: isContained)
    storage[key] = value
    depth = max(depth, inner + 1)
    try evaluation.checkSize(list: storage.count)
  }

  /// Notes that whatever holds this dict lies in a container.
  func noteContained() { isContained = true }

  func remove(_ key: DictKey) -> Value? { storage.removeValue(forKey: key) }
  func removeLast() -> (key: DictKey, value: Value)? {
    guard !storage.isEmpty else { return nil }
    let last = storage.removeLast()
    return (last.key, last.value)
  }
  func removeAll() { storage.removeAll() }
}

/// A key of a dict: any value that Python can hash.
package struct DictKey: Hashable, Sendable {
  package let value: Value

  package init(string: String) { value = .string(string) }

  /// Throws a type error for what has no hash: lists, dicts and what holds them.
  package init(_ value: Value) throws(TemplateError) {
    try Self.checkHashable(value)
    self.value = value
  }

  private static func checkHashable(_ value: Value) throws(TemplateError) {
    switch value {
    case .list, .dict, .json, .mapping:
      throw TemplateError(.type, "A value of type \(value.typeName) cannot be a key.")
    case .tuple(let items):
      for item in items { try checkHashable(item) }
    default: break
    }
  }

  package static func == (left: DictKey, right: DictKey) -> Bool {
    if case .string(let left) = left.value, case .string(let right) = right.value { return left.sameScalars(as: right) }
    return left.value.isEqual(to: right.value)
  }

  package func hash(into hasher: inout Hasher) { Self.hash(value, into: &hasher) }

  // Values that are equal in Python hash alike: 1, 1.0 and True; a plain and a safe text.
  private static func hash(_ value: Value, into hasher: inout Hasher) {
    switch value {
    case .undefined: hasher.combine(0xDEF)
    case .none: hasher.combine(0x0)
    case .bool(let flag): hasher.combine(flag ? 1 : 0)
    case .int(let number): hasher.combine(number)
    case .bigInt(let number): hasher.combine(Double(number))
    case .float(let number):
      if let exact = Int(exactly: number) { hasher.combine(exact) } else { hasher.combine(number) }
    case .string(var text), .markup(var text):
      text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    case .bytes(let bytes): hasher.combine(bytes)
    case .tuple(let items):
      hasher.combine(items.count)
      for item in items { hash(item, into: &hasher) }
    case .date(let date): hasher.combine(date)
    case .datetime(let datetime): hasher.combine(datetime)
    case .timedelta(let delta): hasher.combine(delta)
    case .duration(let duration): hasher.combine(duration)
    case .object(let object): hasher.combine(ObjectIdentifier(object))
    case .list, .dict, .json, .mapping: break
    }
  }
}

extension Value {
  /// How deep containers lie in it: 0 for a scalar.
  var depth: Int {
    switch self {
    case .list(let list): list.depth
    case .dict(let dict): dict.depth
    case .tuple(let items): Value.tupleDepth(items)
    case .object(let object): object.depth
    default: 0
    }
  }

  private static func tupleDepth(_ items: [Value]) -> Int {
    var depth = 0
    for item in items { depth = max(depth, item.depth) }
    return depth + 1
  }
}

/// Notes that `value` now lies in a container, and gives its depth.
@discardableResult
private func markContained(_ value: Value) -> Int {
  switch value {
  case .list(let list): list.isContained = true
  case .dict(let dict): dict.isContained = true
  case .tuple(let items):
    for item in items { markContained(item) }
  case .object(let object): object.noteContained()
  default: return 0
  }
  return value.depth
}

private func deepest(_ values: some Sequence<Value>) -> Int {
  var depth = 0
  for value in values { depth = max(depth, markContained(value), value.depth) }
  return depth
}
