import Essentials
import JSON

/// A JSONPath: `$`, names, indices, `*`, `..`, and filters such as `[?(@.price < 10)]`.
struct JSONPathQuery: Sendable {
  private enum Step: Sendable {
    case name(String)
    case index(Int)
    case all
    case filter(Filter)
    /// Everything below, itself included.
    case descend
  }

  private struct Filter: Sendable {
    let path: [Step]
    /// Nil if it is enough that there is something.
    let comparison: (operation: String, value: JSONValue)?
  }

  private let steps: [Step]

  /// - Returns: nil for a text that is no such path.
  init?(_ text: String) {
    var rest = text.trimmed(.whitespaces)[...]
    guard rest.popFirst() == "$", let steps = Self.steps(&rest), rest.isEmpty else { return nil }
    self.steps = steps
  }

  /// What the path leads to.
  func values(in value: JSONValue) -> [JSONValue] { Self.follow(steps[...], [value]) }

  // MARK: Parsing

  private static func steps(_ rest: inout Substring) -> [Step]? {
    var steps: [Step] = []
    while let first = rest.first, first == "." || first == "[" {
      if rest.hasPrefix("..") {
        steps.append(.descend)
        rest = rest.dropFirst(2)
        if rest.first == "[" { continue }
        guard let step = named(&rest) else { return nil }
        steps.append(step)
      } else if first == "." {
        rest = rest.dropFirst()
        guard let step = named(&rest) else { return nil }
        steps.append(step)
      } else {
        guard let step = bracketed(&rest) else { return nil }
        steps.append(step)
      }
    }
    return steps
  }

  private static func named(_ rest: inout Substring) -> Step? {
    if rest.first == "*" {
      rest = rest.dropFirst()
      return .all
    }
    let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
    guard !name.isEmpty else { return nil }
    rest = rest.dropFirst(name.count)
    return .name(String(name))
  }

  private static func bracketed(_ rest: inout Substring) -> Step? {
    rest = rest.dropFirst()
    if rest.hasPrefix("?") { return filter(&rest) }
    if let mark = rest.first, mark == "'" || mark == "\"" {
      let inner = rest.dropFirst()
      guard let end = inner.firstIndex(of: mark) else { return nil }
      let name = String(inner[..<end])
      rest = inner[end...].dropFirst()
      guard rest.popFirst() == "]" else { return nil }
      return .name(name)
    }
    guard let end = rest.firstIndex(of: "]") else { return nil }
    let inner = rest[..<end]
    rest = rest[end...].dropFirst()
    return inner == "*" ? .all : Int(inner).map { .index($0) }
  }

  private static func filter(_ rest: inout Substring) -> Step? {
    guard let end = rest.firstRange(of: ")]") ?? rest.firstRange(of: "]") else { return nil }
    var inner = rest[..<end.lowerBound].dropFirst().drop { $0 == "(" || $0 == " " }
    rest = rest[end.upperBound...]
    guard inner.popFirst() == "@", let path = steps(&inner) else { return nil }
    let tail = inner.trimmed(.whitespaces)
    if tail.isEmpty { return .filter(Filter(path: path, comparison: nil)) }
    guard let operation = ["==", "!=", "<=", ">=", "=~", "<", ">"].first(where: { tail.hasPrefix($0) }) else { return nil }
    let written = tail.dropFirst(operation.count).trimmed(.whitespaces)
    let literal = written.hasPrefix("'") ? "\"" + written.dropFirst().dropLast() + "\"" : written
    guard let value = try? JSONValue(parsing: literal) else { return nil }
    return .filter(Filter(path: path, comparison: (operation, value)))
  }

  // MARK: Following

  private static func follow(_ steps: ArraySlice<Step>, _ values: [JSONValue]) -> [JSONValue] {
    guard let step = steps.first else { return values }
    let next: [JSONValue] = values.flatMap { value -> [JSONValue] in
      switch step {
      case .name(let name): value[name].map { [$0] } ?? []
      case .index(let index): value[index < 0 ? value.count + index : index].map { [$0] } ?? []
      case .all: children(value)
      case .filter(let filter): children(value).filter { passes($0, filter) }
      case .descend: descendants(value)
      }
    }
    return follow(steps.dropFirst(), next)
  }

  private static func children(_ value: JSONValue) -> [JSONValue] { value.array ?? value.object.map { Array($0.values) } ?? [] }

  private static func descendants(_ value: JSONValue) -> [JSONValue] { [value] + children(value).flatMap(descendants) }

  private static func passes(_ value: JSONValue, _ filter: Filter) -> Bool {
    let found = follow(filter.path[...], [value])
    guard let (operation, wanted) = filter.comparison else { return !found.isEmpty }
    return found.contains { value in
      switch operation {
      case "==": value.equals(wanted)
      case "!=": !value.equals(wanted)
      case "=~": value.string.map { TextCondition.isMatch($0, wanted.string ?? "") } ?? false
      default: ordered(value, operation, wanted)
      }
    }
  }

  private static func ordered(_ value: JSONValue, _ operation: String, _ wanted: JSONValue) -> Bool {
    func holds<Key: Comparable>(_ left: Key, _ right: Key) -> Bool {
      switch operation {
      case "<": left < right
      case "<=": left <= right
      case ">": left > right
      default: left >= right
      }
    }
    if let left = value.double, let right = wanted.double { return holds(left, right) }
    if let left = value.string, let right = wanted.string { return holds(left, right) }
    return false
  }
}
