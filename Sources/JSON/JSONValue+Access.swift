import OrderedCollections

extension JSONValue {
  /// The member `key` of an object. Setting nil removes it; setting a member of anything but an object does nothing.
  public subscript(key: String) -> JSONValue? {
    get {
      guard case .object(let members) = self else { return nil }
      return members[key]
    }
    set {
      guard case .object(var members) = self else { return }
      self = .null
      members[key] = newValue
      self = .object(members)
    }
  }

  /// The element at `index`; nil if this is not an array or `index` is outside it.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// Whether this is null.
  public var isNull: Bool {
    if case .null = self { true } else { false }
  }

  /// The value of true or false; nil for anything else.
  public var bool: Bool? {
    if case .bool(let flag) = self { flag } else { nil }
  }

  /// An integer that fits into 64 bits.
  public var int: Int? {
    if case .int(let int) = self { int } else { nil }
  }

  /// Any number as the nearest double.
  public var double: Double? {
    switch self {
    case .int(let int): Double(int)
    case .double(let double): double
    case .number(let text): Double(text)
    default: nil
    }
  }

  /// The text of a string; nil for anything else.
  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The elements of an array; nil for anything else.
  public var array: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The members of an object; nil for anything else.
  public var object: JSONObject? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The number of elements or members; 0 for scalars.
  public var count: Int {
    switch self {
    case .array(let elements): elements.count
    case .object(let members): members.count
    default: 0
    }
  }

  package var kind: JSONKind {
    switch self {
    case .null: .null
    case .bool: .bool
    case .int: .int
    case .double: .double
    case .number(let text): text.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") } ? .double : .int
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }

  /// Equality as Python has it: numbers by value whatever their form (1 == 1.0 == true), objects without regard to order.
  package func equals(_ other: JSONValue) -> Bool {
    switch (self, other) {
    case (.null, .null): return true
    case (.string(let left), .string(let right)): return left.unicodeScalars.elementsEqual(right.unicodeScalars)
    case (.array(let left), .array(let right)):
      return left.count == right.count && zip(left, right).allSatisfy { $0.equals($1) }
    case (.object(let left), .object(let right)):
      return left.count == right.count && left.allSatisfy { key, value in right[key].map(value.equals) ?? false }
    default: return numericallyEquals(other) ?? false
    }
  }

  /// Whether two numbers or booleans have the same value, exactly; nil if either is something else.
  package func numericallyEquals(_ other: JSONValue) -> Bool? {
    switch (numeric, other.numeric) {
    case (.int(let left), .int(let right)): left == right
    case (.double(let left), .double(let right)): left == right
    case (.int(let int), .double(let double)), (.double(let double), .int(let int)): Int(exactly: double) == int
    case (.digits(let left), .digits(let right)): left == right
    case (.digits(let digits), .double(let double)), (.double(let double), .digits(let digits)):
      double.isFinite && double.rounded() == double && Numbers.integerDigits(double) == digits
    case (.int, .digits), (.digits, .int): false
    case (nil, _), (_, nil): nil
    }
  }

  private enum Numeric {
    case int(Int)
    case double(Double)
    /// An integer beyond 64 bits.
    case digits(String)
  }

  private var numeric: Numeric? {
    switch self {
    case .bool(let flag): .int(flag ? 1 : 0)
    case .int(let int): .int(int)
    case .double(let double): .double(double)
    case .number(let text):
      if kind == .int { Int(text).map { .int($0) } ?? .digits(text) } else { .double(Double(text) ?? .nan) }
    default: nil
    }
  }
}

// MARK: - Literals

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(nilLiteral: ()) { self = .null }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements, uniquingKeysWith: { $1 }))
  }
}
