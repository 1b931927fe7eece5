import OrderedCollections

/// A Python list.
///
/// Sound as `Sendable`: a frozen list never changes again. One that is not frozen was made by an evaluation, which runs in one task
/// and never hands it out: contexts hold frozen values, nothing can be put into those, and results are frozen before they leave.
package final class ListObject: @unchecked Sendable, ChangeableContainer {
  package private(set) var items: [Value]
  /// How deep containers lay in it when it was made or last changed, itself included.
  private(set) var depth: Int
  private(set) var isFrozen: Bool
  fileprivate var isNoted = false

  /// A list that does not change.
  package convenience init(frozen items: [Value]) { self.init(items, isFrozen: true) }

  /// A list of the evaluation that makes it.
  convenience init(_ items: [Value] = []) { self.init(items, isFrozen: false) }

  private init(_ items: [Value], isFrozen: Bool) {
    self.items = items
    self.isFrozen = isFrozen
    depth = deepest(items) + 1
  }

  /// Changes the elements; `added` are those that are put in.
  func change(
    adding added: [Value] = [], _ evaluation: inout Evaluation, _ body: (inout [Value]) -> Void
  ) throws(TemplateError) {
    if isFrozen { throw .readOnly("list") }
    let inner = deepest(added)
    try evaluation.checkDepth(inner)
    if inner > 0 { note(in: &evaluation) }
    body(&items)
    depth = max(depth, inner + 1)
    try evaluation.checkSize(list: items.count)
  }

  fileprivate func freeze() { isFrozen = true }

  fileprivate func empty() { if !isFrozen { items = [] } }
}

/// A Python dict: keys keep the order in which they were first put in.
///
/// Sound as `Sendable` for the same reason as ``ListObject``.
package final class DictObject: @unchecked Sendable, ChangeableContainer {
  package private(set) var storage: OrderedDictionary<DictKey, Value>
  private(set) var depth: Int
  private(set) var isFrozen: Bool
  fileprivate var isNoted = false

  /// A dict that does not change.
  package convenience init(frozen storage: OrderedDictionary<DictKey, Value>) { self.init(storage, isFrozen: true) }

  /// A dict that does not change; the last of equal keys counts.
  package convenience init(frozen members: [(String, Value)]) {
    var storage = OrderedDictionary<DictKey, Value>(minimumCapacity: members.count)
    for (key, value) in members { storage[DictKey(string: key)] = value }
    self.init(frozen: storage)
  }

  /// A dict of the evaluation that makes it.
  convenience init(_ storage: OrderedDictionary<DictKey, Value> = [:]) { self.init(storage, isFrozen: false) }

  private init(_ storage: OrderedDictionary<DictKey, Value>, isFrozen: Bool) {
    self.storage = storage
    self.isFrozen = isFrozen
    depth = max(deepest(storage.values), deepest(storage.keys.lazy.map(\.value))) + 1
  }

  package var count: Int { storage.count }
  package subscript(key: DictKey) -> Value? { storage[key] }
  package subscript(key: String) -> Value? { storage[DictKey(string: key)] }

  func set(_ key: DictKey, _ value: Value, _ evaluation: inout Evaluation) throws(TemplateError) {
    if isFrozen { throw .readOnly("dict") }
    let inner = max(value.depth, key.value.depth)
    try evaluation.checkDepth(inner)
    try evaluation.charge()
    if inner > 0 { note(in: &evaluation) }
    storage[key] = value
    depth = max(depth, inner + 1)
    try evaluation.checkSize(list: storage.count)
  }

  func remove(_ key: DictKey, _ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    if isFrozen { throw .readOnly("dict") }
    // What follows the member moves.
    try evaluation.charge(storage.count >> 8)
    return storage.removeValue(forKey: key)
  }

  func removeLast() throws(TemplateError) -> (key: DictKey, value: Value)? {
    if isFrozen { throw .readOnly("dict") }
    guard !storage.isEmpty else { return nil }
    let last = storage.removeLast()
    return (last.key, last.value)
  }

  func removeAll() throws(TemplateError) {
    if isFrozen { throw .readOnly("dict") }
    storage.removeAll()
  }

  fileprivate func freeze() { isFrozen = true }

  fileprivate func empty() { if !isFrozen { storage = [:] } }
}

/// A Python tuple.
package final class Tuple: Sendable, RandomAccessCollection {
  package let items: [Value]
  let depth: Int
  /// How many values are in it, each counted as often as a walk comes across it.
  let weight: Int

  package init(_ items: [Value]) {
    self.items = items
    depth = deepest(items) + 1
    var weight = 1
    for item in items {
      var part = 1
      if case .tuple(let tuple) = item { part = tuple.weight }
      let sum = weight.addingReportingOverflow(part)
      weight = sum.overflow ? .max : sum.partialValue
    }
    self.weight = weight
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { items.count }
  package subscript(place: Int) -> Value { items[place] }
}

/// A container into which an evaluation puts others after it was made.
private protocol ChangeableContainer: AnyObject {
  var isNoted: Bool { get set }
  /// Lets go of what it holds, unless it is frozen.
  func empty()
}

extension ChangeableContainer {
  fileprivate func note(in evaluation: inout Evaluation) {
    if isNoted { return }
    isNoted = true
    evaluation.changedContainers.note(self)
  }
}

/// The containers that an evaluation put others into. They may hold themselves, or be nested deeper than the stack is: at
/// the evaluation's end each releases what it holds while all are still there.
final class ChangedContainers {
  private var containers: [any ChangeableContainer] = []

  fileprivate func note(_ container: any ChangeableContainer) { containers.append(container) }

  deinit {
    for container in containers { container.empty() }
  }
}

extension Value {
  /// How deep containers are in it: 0 for a scalar. What is put into the containers inside it later is not counted.
  var depth: Int {
    switch self {
    case .list(let list): list.depth
    case .dict(let dict): dict.depth
    case .tuple(let tuple): tuple.depth
    case .object(let object): object.depth
    default: 0
    }
  }

  /// The same value, once and for all: what it holds can no longer be changed.
  package var frozen: Value {
    var open = [self]
    while let value = open.popLast() {
      switch value {
      case .list(let list) where !list.isFrozen:
        list.freeze()
        open += list.items
      case .dict(let dict) where !dict.isFrozen:
        dict.freeze()
        open += dict.storage.values
      case .tuple(let tuple) where tuple.depth > 1: open += tuple.items
      default: break
      }
    }
    return self
  }
}

private func deepest(_ values: some Sequence<Value>) -> Int {
  var depth = 0
  for value in values { depth = max(depth, value.depth) }
  return depth
}

/// The deepest of values that an object holds, and the object itself.
func depth(over values: Value?...) -> Int {
  var depth = 0
  for value in values { depth = max(depth, value?.depth ?? 0) }
  return depth + 1
}

/// The same for the arguments of a call.
func depth(over value: Value, _ arguments: Arguments) -> Int {
  max(value.depth, deepest(arguments.positional), deepest(arguments.keywords.lazy.map(\.value))) + 1
}
