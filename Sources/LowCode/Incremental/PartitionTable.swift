import JSON

/// A partition by its content: equal whatever the order of its keys.
struct PartitionKey: Sendable, Hashable {
  /// The partition with its keys sorted, as states show it.
  let partition: JSONObject

  init(_ partition: JSONObject) { self.partition = Self.sorted(partition) }

  private static func sorted(_ object: JSONObject) -> JSONObject {
    var result = JSONObject(minimumCapacity: object.count)
    for (key, value) in object.sorted(by: { $0.key.sortsBefore($1.key) }) { result[key] = sorted(value) }
    return result
  }

  private static func sorted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object): .object(sorted(object))
    case .array(let elements): .array(elements.map(sorted))
    default: value
    }
  }
}

/// Values of partitions in the order in which they came, from which the oldest can be dropped without moving the others.
struct PartitionTable<Value: Sendable>: Sendable {
  private struct Entry: Sendable {
    var value: Value
    var position: Int
  }

  private var entries: [PartitionKey: Entry] = [:]
  /// The keys in order; nil where one was dropped.
  private var order: [PartitionKey?] = []
  /// No key stands before this place.
  private var head = 0

  var count: Int { entries.count }

  /// Setting the value of a new key puts it at the end; setting nil drops the key.
  subscript(key: PartitionKey) -> Value? {
    get { entries[key]?.value }
    set {
      if let newValue {
        if entries[key] != nil {
          entries[key]?.value = newValue
        } else {
          entries[key] = Entry(value: newValue, position: order.count)
          order.append(key)
        }
      } else if let entry = entries.removeValue(forKey: key) {
        order[entry.position] = nil
        while head < order.count, order[head] == nil { head += 1 }
        trim()
      }
    }
  }

  /// Changes a value in place; nil where there is none.
  mutating func update<Result>(_ key: PartitionKey, _ change: (inout Value) throws -> Result) rethrows -> Result? {
    guard let index = entries.index(forKey: key) else { return nil }
    return try change(&entries.values[index].value)
  }

  /// The first key for which `condition` holds.
  func firstKey(where condition: (PartitionKey) -> Bool) -> PartitionKey? {
    for case let key? in order[head...] where condition(key) { return key }
    return nil
  }

  func forEach(_ body: (PartitionKey, Value) throws -> Void) rethrows {
    for case let key? in order {
      if let entry = entries[key] { try body(key, entry.value) }
    }
  }

  /// Frees the places of dropped keys once they are the greater part.
  private mutating func trim() {
    guard order.count > 64, order.count > 2 * entries.count else { return }
    let kept = order.compactMap { $0 }
    order = kept.map { $0 }
    head = 0
    for (position, key) in kept.enumerated() { entries[key]?.position = position }
  }
}
