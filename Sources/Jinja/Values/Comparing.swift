import BigInt
import JSON
import Python
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

  /// Python's `==`. Values of different types are not equal, numbers compare by value. What it looks at is allowed for.
  package func isEqual(to other: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> Bool {
    if case .string(let left) = self, case .string(let right) = other {
      try evaluation.charge(looking: left.utf8.count)
      return left.sameScalars(as: right)
    }
    return try isEqual(to: other, depth: 0, &evaluation)
  }

  func isEqual(to other: Value, depth: Int, _ evaluation: inout Evaluation) throws(TemplateError) -> Bool {
    switch (self, other) {
    case (.string(let left), .string(let right)), (.markup(let left), .markup(let right)),
      (.string(let left), .markup(let right)), (.markup(let left), .string(let right)):
      try evaluation.charge(looking: left.utf8.count)
      return left.sameScalars(as: right)
    case (.tuple(let left), .tuple(let right)):
      return try Value.areEqual(left.items, right.items, depth, &evaluation)
    case (.list(let left), .list(let right)):
      if left === right { return true }
      return try Value.areEqual(left.items, right.items, depth, &evaluation)
    case (.dict(let left), .dict(let right)) where left === right: return true
    case (.object(let left), .object(let right)):
      if left === right { return true }
      guard let left = left as? any ComparableObject else { return false }
      try evaluation.checkWalk(depth: depth)
      return try left.isEqual(to: right, depth: depth + 1, &evaluation)
    default: break
    }
    if let result = isSameScalar(as: other) { return result }
    if isMapping, other.isMapping { return try areMembersEqual(to: other, depth, &evaluation) }
    guard isList, other.isList, let left = try listItems(&evaluation), let right = try other.listItems(&evaluation)
    else { return false }
    return try Value.areEqual(left, right, depth, &evaluation)
  }

  /// Whether two scalars are equal; nil if both are containers or objects.
  func isSameScalar(as other: Value) -> Bool? {
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
    default: break
    }
    if let left = number { return other.number.map { left.order(to: $0) == .equal } ?? false }
    switch self {
    case .list, .tuple, .dict, .json, .mapping, .object: break
    default: return false
    }
    switch other {
    case .list, .tuple, .dict, .json, .mapping, .object: return nil
    default: return false
    }
  }

  private static func areEqual(
    _ left: [Value], _ right: [Value], _ depth: Int, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Bool {
    guard left.count == right.count else { return false }
    try evaluation.checkWalk(depth: depth)
    for index in left.indices {
      try evaluation.charge()
      guard try left[index].isEqual(to: right[index], depth: depth + 1, &evaluation) else { return false }
    }
    return true
  }

  private func areMembersEqual(
    to other: Value, _ depth: Int, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Bool {
    guard try count(&evaluation) == (try other.count(&evaluation)), let left = try members(&evaluation) else { return false }
    try evaluation.checkWalk(depth: depth)
    for (key, value) in left {
      try evaluation.charge()
      guard let match = try other.mappingItem(key, &evaluation), try value.isEqual(to: match, depth: depth + 1, &evaluation)
      else { return false }
    }
    return true
  }

  /// Whether it is a list, of its own or in JSON.
  var isList: Bool {
    switch self {
    case .list: true
    case .json(let view): view.kind == .array
    default: false
    }
  }

  /// The elements where it is a list, of its own or in JSON.
  func listItems(_ evaluation: inout Evaluation) throws(TemplateError) -> [Value]? {
    switch self {
    case .list(let list): return list.items
    case .json(let view):
      guard view.kind == .array else { return nil }
      try evaluation.charge(reading: view.count)
      return Value.elements(of: view)
    default: return nil
    }
  }

  /// The value of a mapping's key, nil if it has none or this is not a mapping.
  func mappingItem(_ key: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    if let text = key.text { try evaluation.charge(looking: text.utf8.count) }
    switch self {
    case .dict(let dict):
      do throws(TemplateError) {
        return dict[try evaluation.key(key)]
      } catch {
        if error.kind == .limit { throw error }
        return nil
      }
    case .json(let view): return key.text.flatMap { view[$0] }.map { Value($0) }
    case .mapping(let mapping): return key.text.flatMap { mapping[$0] }
    default: return nil
    }
  }

  /// Python's `<`, `<=`, `>` and `>=`; a type error if the types have no order. What it looks at is allowed for.
  package func compare(
    _ comparison: PythonOrder, to other: Value, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Bool {
    var left = self
    var right = other
    var depth = 0
    // The first elements that differ decide, which may be lists themselves.
    while true {
      guard let first = try left.orderedItems(&evaluation), let second = try right.orderedItems(&evaluation),
        left.isTuple == right.isTuple
      else { return try left.compareScalar(comparison, to: right, &evaluation) }
      try evaluation.checkWalk(depth: depth)
      var place = 0
      while place < min(first.count, second.count) {
        try evaluation.charge()
        guard try first[place].isEqual(to: second[place], depth: depth + 1, &evaluation) else { break }
        place += 1
      }
      if place == min(first.count, second.count) {
        return comparison.holds(for: .init(first.count == second.count, first.count < second.count))
      }
      left = first[place]
      right = second[place]
      depth += 1
    }
  }

  private var isTuple: Bool {
    if case .tuple = self { return true }
    return false
  }

  /// The elements of a list or tuple.
  private func orderedItems(_ evaluation: inout Evaluation) throws(TemplateError) -> [Value]? {
    if case .tuple(let tuple) = self { return tuple.items }
    return try listItems(&evaluation)
  }

  private func compareScalar(
    _ comparison: PythonOrder, to other: Value, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Bool {
    if case .undefined(let reason) = self { throw reason.error }
    if case .undefined(let reason) = other { throw reason.error }
    if let left = number, let right = other.number { return comparison.holds(for: left.order(to: right)) }
    switch (self, other) {
    case (.string(let left), .string(let right)), (.markup(let left), .markup(let right)),
      (.string(let left), .markup(let right)), (.markup(let left), .string(let right)):
      try evaluation.charge(looking: min(left.utf8.count, right.utf8.count))
      return comparison.holds(for: .init(left.sameScalars(as: right), left.precedesInPython(right)))
    case (.bytes(let left), .bytes(let right)):
      try evaluation.charge(looking: min(left.count, right.count))
      return comparison.holds(for: .init(left == right, left.lexicographicallyPrecedes(right)))
    case (.date(let left), .date(let right)): return comparison.holds(for: .init(left == right, left < right))
    case (.datetime(let left), .datetime(let right)):
      return comparison.holds(
        for: .init(left == right, try python { () throws(PythonTimeError) in try left.isLess(than: right) }))
    case (.timedelta(let left), .timedelta(let right)): return comparison.holds(for: .init(left == right, left < right))
    default: break
    }
    throw TemplateError(
      .type, "'\(comparison.rawValue)' is not supported between values of types \(typeName) and \(other.typeName)")
  }

  /// Python's `in`.
  package func contains(_ item: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> Bool {
    switch self {
    case .string(let text), .markup(let text):
      guard let part = item.text else {
        if case .undefined(let reason) = item, reason.isForbidden { throw reason.error }
        throw TemplateError(.type, "'in' on a text expects a text, not a value of type \(item.typeName)")
      }
      try evaluation.charge(search: part.utf8.count, in: text.utf8.count)
      return part.isEmpty || text.firstRange(ofScalars: part) != nil
    case .dict(let dict): return dict[try evaluation.key(item)] != nil
    case .mapping(let mapping):
      _ = try evaluation.key(item)
      return item.text.flatMap { mapping[$0] } != nil
    case .json(let view) where view.kind == .object:
      _ = try evaluation.key(item)
      return item.text.flatMap { view[$0] } != nil
    default: break
    }
    guard isIterable else { throw TemplateError(.type, "A value of type \(typeName) cannot be searched with 'in'") }
    var iterator = try iterator(&evaluation)
    while let candidate = try iterator.next(&evaluation) {
      if try candidate.isEqual(to: item, &evaluation) { return true }
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

/// An object that may equal another one.
protocol ComparableObject: TemplateObject {
  /// `depth` is how deep inside a value the comparison is.
  func isEqual(to other: any TemplateObject, depth: Int, _ evaluation: inout Evaluation) throws(TemplateError) -> Bool
}

/// Runs `body`, whose errors become those of a template.
func python<Result>(_ body: () throws(PythonTimeError) -> Result) throws(TemplateError) -> Result {
  do {
    return try body()
  } catch {
    throw TemplateError(time: error)
  }
}
