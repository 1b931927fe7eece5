import BigInt
import JSON
import PythonTime

extension Value {
  /// The name of its Python type.
  package var typeName: String {
    switch self {
    case .undefined: "Undefined"
    case .none: "NoneType"
    case .bool: "bool"
    case .int, .bigInt: "int"
    case .float: "float"
    case .string: "str"
    case .markup: "Markup"
    case .bytes: "bytes"
    case .list: "list"
    case .tuple: "tuple"
    case .dict: "dict"
    case .json(let view): view.kind == .object ? "dict" : "list"
    case .mapping: "dict"
    case .date: "date"
    case .datetime: "datetime"
    case .timedelta: "timedelta"
    case .duration: "Duration"
    case .object(let object): object.typeName
    }
  }

  /// Python's truth: nothing, zero and what is empty are false.
  @inline(__always)
  package var isTruthy: Bool {
    switch self {
    case .bool(let flag): flag
    case .undefined, .none: false
    case .int(let int): int != 0
    case .string(let text), .markup(let text): !text.isEmpty
    case .json(let view): view.count != 0
    default: isRareTruthy
    }
  }

  private var isRareTruthy: Bool {
    switch self {
    case .bigInt: true
    case .float(let double): double != 0
    case .bytes(let bytes): !bytes.isEmpty
    case .list(let list): !list.items.isEmpty
    case .tuple(let items): !items.isEmpty
    case .dict(let dict): dict.count != 0
    case .mapping(let mapping): mapping.count != 0
    case .timedelta(let delta): delta.isTruthy
    case .object(let object): object.isTruthy
    default: true
    }
  }

  /// Python's `==`. Values of different types are not equal, numbers compare by value.
  ///
  /// A comparison of more than some 20 million elements, which only lists of lists made for it have, gives up and says no.
  package func isEqual(to other: Value) -> Bool {
    if case .string(let left) = self, case .string(let right) = other { return left.sameScalars(as: right) }
    var work = 20_000_000
    return isEqual(to: other, depth: 0, &work)
  }

  private func isEqual(to other: Value, depth: Int, _ work: inout Int) -> Bool {
    switch (self, other) {
    case (.string(let left), .string(let right)), (.markup(let left), .markup(let right)),
      (.string(let left), .markup(let right)), (.markup(let left), .string(let right)):
      return left.sameScalars(as: right)
    case (.int(let left), .int(let right)): return left == right
    case (.none, .none), (.undefined, .undefined): return true
    case (.bool(let left), .bool(let right)): return left == right
    case (.bytes(let left), .bytes(let right)): return left == right
    case (.date(let left), .date(let right)): return left == right
    case (.datetime(let left), .datetime(let right)): return left.isAware == right.isAware && left == right
    case (.timedelta(let left), .timedelta(let right)): return left == right
    case (.duration(let left), .duration(let right)): return left == right
    case (.tuple(let left), .tuple(let right)): return Value.areEqual(left, right, depth, &work)
    case (.object(let left), .object(let right)): return left === right || left.isEqual(to: right)
    default: break
    }
    if let left = number, let right = other.number { return left.order(to: right) == .equal }
    // Beyond this depth only a container that holds itself can be.
    if depth > Limits.valueDepth * 5 { return false }
    if case .list(let left) = self, case .list(let right) = other, left === right { return true }
    if case .dict(let left) = self, case .dict(let right) = other, left === right { return true }
    if let left = listItems, let right = other.listItems { return Value.areEqual(left, right, depth, &work) }
    if isMapping, other.isMapping { return areMembersEqual(to: other, depth, &work) }
    return false
  }

  private static func areEqual(_ left: [Value], _ right: [Value], _ depth: Int, _ work: inout Int) -> Bool {
    guard left.count == right.count else { return false }
    work -= left.count
    if work < 0 { return false }
    for index in left.indices where !left[index].isEqual(to: right[index], depth: depth + 1, &work) { return false }
    return true
  }

  private func areMembersEqual(to other: Value, _ depth: Int, _ work: inout Int) -> Bool {
    guard let left = members, let right = other.members, left.count == right.count else { return false }
    work -= left.count
    if work < 0 { return false }
    for (key, value) in left {
      guard let match = other.mappingItem(key), value.isEqual(to: match, depth: depth + 1, &work) else { return false }
    }
    return true
  }

  /// The elements where it is a list, of its own or in JSON.
  var listItems: [Value]? {
    switch self {
    case .list(let list): list.items
    case .json(let view): view.kind == .array ? Value.elements(of: view) : nil
    default: nil
    }
  }

  /// The value of a mapping's key, nil where it has none or this is no mapping.
  func mappingItem(_ key: Value) -> Value? {
    switch self {
    case .dict(let dict): return (try? DictKey(key)).flatMap { dict[$0] }
    case .json(let view): return key.text.flatMap { view[$0] }.map { Value($0) }
    case .mapping(let mapping): return key.text.flatMap { mapping[$0] }
    default: return nil
    }
  }

  /// Python's `<`, `<=`, `>` and `>=`; a type error where the types have no order.
  package func compare(_ comparison: PythonOrder, to other: Value) throws(TemplateError) -> Bool {
    try compare(comparison, to: other, depth: 0)
  }

  private func compare(_ comparison: PythonOrder, to other: Value, depth: Int) throws(TemplateError) -> Bool {
    if case .undefined(let reason) = self { throw reason.error }
    if case .undefined(let reason) = other { throw reason.error }
    if let left = number, let right = other.number { return comparison.holds(for: left.order(to: right)) }
    switch (self, other) {
    case (.string(let left), .string(let right)), (.markup(let left), .markup(let right)),
      (.string(let left), .markup(let right)), (.markup(let left), .string(let right)):
      return comparison.holds(for: .init(left.utf8.elementsEqual(right.utf8), left.utf8.lexicographicallyPrecedes(right.utf8)))
    case (.bytes(let left), .bytes(let right)):
      return comparison.holds(for: .init(left == right, left.lexicographicallyPrecedes(right)))
    case (.date(let left), .date(let right)): return comparison.holds(for: .init(left == right, left < right))
    case (.datetime(let left), .datetime(let right)):
      return comparison.holds(
        for: .init(left == right, try python { () throws(PythonTimeError) in try left.isLess(than: right) }))
    case (.timedelta(let left), .timedelta(let right)): return comparison.holds(for: .init(left == right, left < right))
    case (.tuple(let left), .tuple(let right)): return try Value.compare(comparison, left, right, depth)
    default: break
    }
    if let left = listItems, let right = other.listItems { return try Value.compare(comparison, left, right, depth) }
    throw TemplateError(
      .type, "'\(comparison.rawValue)' is not supported between values of types \(typeName) and \(other.typeName).")
  }

  private static func compare(
    _ comparison: PythonOrder, _ left: [Value], _ right: [Value], _ depth: Int
  ) throws(TemplateError) -> Bool {
    if depth > Limits.valueDepth * 5 { throw TemplateError(.limit, "The values to compare are nested too deep.") }
    var work = 20_000_000
    for index in 0..<min(left.count, right.count) where !left[index].isEqual(to: right[index], depth: depth, &work) {
      return try left[index].compare(comparison, to: right[index], depth: depth + 1)
    }
    return comparison.holds(for: .init(left.count == right.count, left.count < right.count))
  }

  /// Python's `in`.
  package func contains(_ item: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> Bool {
    switch self {
    case .string(let text), .markup(let text):
      guard let part = item.text else {
        if case .undefined(let reason) = item, reason.isForbidden { throw reason.error }
        throw TemplateError(.type, "'in' on a text wants a text, not a value of type \(item.typeName).")
      }
      try evaluation.charge(search: part.utf8.count, in: text.utf8.count)
      return part.isEmpty || text.firstRange(ofScalars: part) != nil
    case .dict(let dict): return dict[try DictKey(item)] != nil
    case .mapping(let mapping):
      _ = try DictKey(item)
      return item.text.flatMap { mapping[$0] } != nil
    case .json(let view) where view.kind == .object:
      _ = try DictKey(item)
      return item.text.flatMap { view[$0] } != nil
    default: break
    }
    guard var iterator = iteratorIfAny() else {
      throw TemplateError(.type, "A value of type \(typeName) cannot be searched with 'in'.")
    }
    while let candidate = try iterator.next(&evaluation) {
      if candidate.isEqual(to: item) { return true }
    }
    return false
  }
}

/// The result of comparing; unordered for NaN.
enum PythonOrdering {
  case less, equal, greater, unordered

  init(_ isEqual: Bool, _ isLess: Bool) { self = isEqual ? .equal : isLess ? .less : .greater }
}

/// A comparison that asks for an order.
package enum PythonOrder: String, Sendable {
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="

  func holds(for ordering: PythonOrdering) -> Bool {
    switch (self, ordering) {
    case (.less, .less), (.lessOrEqual, .less), (.lessOrEqual, .equal): true
    case (.greater, .greater), (.greaterOrEqual, .greater), (.greaterOrEqual, .equal): true
    default: false
    }
  }
}

extension TemplateObject {
  func isEqual(to other: any TemplateObject) -> Bool {
    guard let left = self as? any ComparableObject else { return false }
    return left.equals(other)
  }
}

/// An object that may equal another one.
protocol ComparableObject: TemplateObject {
  func equals(_ other: any TemplateObject) -> Bool
}

/// Runs `body`, whose errors become those of a template.
func python<Result>(_ body: () throws(PythonTimeError) -> Result) throws(TemplateError) -> Result {
  do {
    return try body()
  } catch {
    throw TemplateError(time: error)
  }
}
