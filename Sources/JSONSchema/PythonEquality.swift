import JSON

/// Equality as Python's jsonschema has it for `enum`, `const` and `uniqueItems`: `1` equals `1.0`, booleans equal only
/// booleans, strings are compared by code points, the order of an object's keys does not count.
enum PythonEquality {
  /// Deeper values count as different: nothing in a schema's own text is that deep.
  static let depthLimit = 512

  static func equal(_ one: JSONValue, _ two: JSONValue, depth: Int = 0) -> Bool {
    switch (one, two) {
    case (.string(let a), .string(let b)): return same(a, b)
    case (.int(let a), .int(let b)): return a == b
    case (.null, .null): return true
    case (.bool(let a), .bool(let b)): return a == b
    case (.array(let a), .array(let b)):
      guard a.count == b.count, depth < depthLimit else { return false }
      return zip(a, b).allSatisfy { equal($0, $1, depth: depth + 1) }
    case (.object(let a), .object(let b)):
      guard a.count == b.count, depth < depthLimit else { return false }
      return a.allSatisfy { key, value in b[key].map { equal(value, $0, depth: depth + 1) } ?? false }
    default:
      guard let a = Number(one), let b = Number(two) else { return false }
      return a.compared(to: b) == 0
    }
  }

  /// Equal code points: Swift's own `==` would also call canonically equivalent strings equal.
  static func same(_ one: String, _ two: String) -> Bool {
    one == two && one.utf8.elementsEqual(two.utf8)
  }

  /// Whether no two of `items` are equal.
  static func allDistinct(_ items: [JSONValue]) -> Bool {
    if items.count < 2 { return true }
    if items.count == 2 { return !equal(items[0], items[1]) }
    var seen = Set<Key>(minimumCapacity: items.count)
    return items.allSatisfy { seen.insert(Key(value: $0)).inserted }
  }

  /// Some values, of which it is quickly said whether another one is equal to one of them.
  struct Values: Sendable {
    private let keys: Set<Key>

    init(_ values: [JSONValue]) { keys = Set(values.map(Key.init)) }

    func contains(_ value: JSONValue) -> Bool { keys.contains(Key(value: value)) }
  }

  /// A value by which equal ones are found.
  struct Key: Hashable, Sendable {
    let value: JSONValue

    static func == (one: Key, two: Key) -> Bool { equal(one.value, two.value) }

    func hash(into hasher: inout Hasher) { Self.hash(value, depth: 0, into: &hasher) }

    // As deep as values are compared: what is left out may be the only difference between many values.
    private static func hash(_ value: JSONValue, depth: Int, into hasher: inout Hasher) {
      switch value {
      case .null: hasher.combine(0)
      case .bool(let bool): hasher.combine(bool)
      case .string(let string): hasher.combine(string)
      case .int, .double, .number: Number(value)?.hash(into: &hasher)
      case .array(let items):
        hasher.combine(items.count)
        if depth < depthLimit { for item in items { hash(item, depth: depth + 1, into: &hasher) } }
      case .object(let object):
        hasher.combine(object.count)
        guard depth < depthLimit else { return }
        var sum = 0
        for (key, member) in object {
          var own = Hasher()
          own.combine(key)
          hash(member, depth: depth + 1, into: &own)
          sum &+= own.finalize()
        }
        hasher.combine(sum)
      }
    }
  }
}
