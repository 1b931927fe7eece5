import JSON
import Jinja

/// Whether printing a value and reading the text as a Python literal gives the same value again.
enum RoundTrip {
  /// Deeper values take the way over their text, which knows its bounds.
  private static let maximumDepth = 100

  static func isExact(_ value: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> Bool {
    try isExact(value, depth: 0, &evaluation)
  }

  private static func isExact(_ value: Value, depth: Int, _ evaluation: inout Evaluation) throws(TemplateError) -> Bool {
    guard depth < maximumDepth else { return false }
    switch value {
    case .none, .bool, .int, .bytes: return true
    case .string: return depth > 0
    case .float(let number): return number.isFinite
    case .list(let list): return try isExact(list.items, depth: depth, &evaluation)
    case .tuple(let tuple): return try isExact(tuple.items, depth: depth, &evaluation)
    case .dict(let dict):
      for (key, value) in dict.storage {
        // What is in several places is checked in each.
        try evaluation.charge()
        guard try isExact(key.value, depth: depth + 1, &evaluation), try isExact(value, depth: depth + 1, &evaluation)
        else { return false }
      }
      return true
    case .json(let view):
      try evaluation.charge(reading: view.count)
      return isExact(view, depth: depth)
    case .undefined, .bigInt, .markup, .mapping, .date, .datetime, .timedelta, .duration, .object: return false
    }
  }

  private static func isExact(
    _ items: [Value], depth: Int, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Bool {
    for item in items {
      try evaluation.charge()
      guard try isExact(item, depth: depth + 1, &evaluation) else { return false }
    }
    return true
  }

  private static func isExact(_ view: JSONView, depth: Int) -> Bool {
    guard depth < maximumDepth else { return false }
    switch view.kind {
    case .null, .bool, .int, .string: return true
    case .double: return view.double?.isFinite ?? false
    case .array:
      var isAllExact = true
      view.forEachElement { isAllExact = isAllExact && isExact($0, depth: depth + 1) }
      return isAllExact
    case .object:
      var isAllExact = true
      view.forEachMember(bytes: { _, value in isAllExact = isAllExact && isExact(value, depth: depth + 1) })
      return isAllExact
    }
  }
}
