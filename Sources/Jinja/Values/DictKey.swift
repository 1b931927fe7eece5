import JSON
import BigInt

/// A key of a dict: any value that Python can hash.
package struct DictKey: Hashable, Sendable {
  package let value: Value

  package init(string: String) { value = .string(string) }

  /// Throws a type error for what has no hash: lists, dicts and what holds them; a limit error for a tuple of tuples without end.
  package init(_ value: Value) throws(TemplateError) {
    if case .tuple(let tuple) = value, tuple.weight > Limits.keyWeight {
      throw TemplateError(.limit, "A tuple that holds more than \(Limits.keyWeight) values cannot be a key")
    }
    try Self.checkHashable(value)
    self.value = value
  }

  private static func checkHashable(_ value: Value) throws(TemplateError) {
    switch value {
    case .list, .dict, .json, .mapping:
      throw TemplateError(.type, "A value of type \(value.typeName) cannot be a key")
    case .tuple(let items):
      for item in items { try checkHashable(item) }
    default: break
    }
  }

  package static func == (left: DictKey, right: DictKey) -> Bool {
    if case .string(let left) = left.value, case .string(let right) = right.value { return left.sameScalars(as: right) }
    return isSame(left.value, right.value)
  }

  /// Python's `is` or `==` of keys, which hold nothing that can change.
  private static func isSame(_ left: Value, _ right: Value) -> Bool {
    switch (left, right) {
    case (.tuple(let left), .tuple(let right)):
      return left === right || left.count == right.count && zip(left, right).allSatisfy { isSame($0, $1) }
    case (.float(let left), .float(let right)) where left.isNaN: return right.isNaN
    case (.object(let left), .object(let right)):
      if let zone = left as? TimeZoneObject { return zone.equals(right) }
      return left === right
    default: return left.isSameScalar(as: right) ?? false
    }
  }

  package func hash(into hasher: inout Hasher) { Self.hash(value, into: &hasher) }

  // Values that are equal in Python hash alike: 1, 1.0 and True; a plain and a safe text.
  private static func hash(_ value: Value, into hasher: inout Hasher) {
    switch value {
    case .undefined: hasher.combine(0xDEF)
    case .none: hasher.combine(0x0)
    case .bool(let flag): hasher.combine(flag ? 1 : 0)
    case .int(let number): hasher.combine(number)
    case .bigInt(let number): hasher.combine(number)
    case .float(let number):
      if let exact = Int(exactly: number) {
        hasher.combine(exact)
      } else if number.isFinite, number.rounded() == number {
        hasher.combine(BigInt(number))
      } else {
        hasher.combine(number.isNaN ? .nan : number)
      }
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
    case .object(let object):
      if object is TimeZoneObject { hasher.combine(0x7A) } else { hasher.combine(ObjectIdentifier(object)) }
    case .list, .dict, .json, .mapping: break
    }
  }
}

extension Evaluation {
  /// The key that `value` is, after allowing for its hash.
  mutating func key(_ value: Value) throws(TemplateError) -> DictKey {
    let key = try DictKey(value)
    try charge(hashing: value)
    return key
  }

  private mutating func charge(hashing value: Value) throws(TemplateError) {
    switch value {
    case .string(let text), .markup(let text): try charge(looking: text.utf8.count)
    case .bytes(let bytes): try charge(looking: bytes.count)
    case .tuple(let items):
      for item in items {
        try charge()
        try charge(hashing: item)
      }
    default: break
    }
  }
}
