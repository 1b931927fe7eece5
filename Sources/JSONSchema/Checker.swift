import JSON
import Python

/// Says whether a value fulfils a schema, without a word about why not.
struct Checker {
  /// Schemas applied inside one another: more is a recursion without an end, or a value that no one writes by hand.
  static let depthLimit = 1_000
  /// Schemas applied in all, and those for each value of a large instance: more happens only where alternatives nest so that the work
  /// doubles with each level.
  static let stepLimit = 2_000_000
  static let stepsForAValue = 100

  let targets: SchemaTargets
  /// Set once a limit is reached; from then on each answer is no and none of them counts.
  private(set) var exceeded: Limit?
  private var depth = 0
  private var steps = 0
  private let maximumSteps: Int

  enum Limit {
    case depth, steps
    /// A pattern takes too many steps to match.
    case pattern(String)
  }

  init(targets: SchemaTargets, maximumSteps: Int = stepLimit) {
    self.targets = targets
    self.maximumSteps = maximumSteps
  }

  /// The same from the beginning.
  var again: Checker { Checker(targets: targets, maximumSteps: maximumSteps) }

  /// Counts one schema more; false if that is too much. Each call that returns true is answered by ``leave()``.
  mutating func enter() -> Bool {
    if exceeded != nil { return false }
    if depth >= Self.depthLimit {
      exceeded = .depth
      return false
    }
    if steps >= maximumSteps {
      exceeded = .steps
      return false
    }
    depth += 1
    steps += 1
    return true
  }

  mutating func leave() { depth -= 1 }

  mutating func accepts(_ node: SchemaNode, _ value: JSONValue) -> Bool {
    if node.isFalse { return false }
    if node.checks.isEmpty { return true }
    guard enter() else { return false }
    defer { leave() }
    for rule in node.checks where !accepts(rule, value) { return false }
    return true
  }

  mutating func accepts(_ rule: Rule, _ value: JSONValue) -> Bool {
    switch rule {
    case .type(let types): return !types.isDisjoint(with: TypeSet(of: value))
    case .enumeration(_, let values): return values.contains(value)
    case .const(let expected): return PythonEquality.equal(expected, value)
    case .reference(let target): return accepts(targets[target], value)
    case .unresolved: return false
    case .allOf(let nodes):
      for node in nodes where !accepts(node, value) { return false }
      return true
    case .anyOf(let nodes):
      for node in nodes where accepts(node, value) { return true }
      return false
    case .oneOf(let nodes):
      var found = false
      for node in nodes where accepts(node, value) {
        if found { return false }
        found = true
      }
      return found
    case .not(let node): return !accepts(node, value) && exceeded == nil
    case .condition(let test, let then, let otherwise):
      let branch = accepts(test, value) ? then : otherwise
      return branch.map { accepts($0, value) } ?? true
    default: break
    }
    switch value {
    case .object(let object): return accepts(rule, object)
    case .array(let items): return accepts(rule, items)
    case .string(let string): return accepts(rule, string)
    case .int, .double, .number: return Number(value).map { Self.accepts(rule, $0) } ?? true
    case .null, .bool: return true
    }
  }

  private mutating func accepts(_ rule: Rule, _ string: String) -> Bool {
    switch rule {
    case .minLength(let limit):
      return Number.int(string.unicodeScalars.count).compared(to: limit) ?? 0 >= 0
    case .maxLength(let limit):
      // No string has more code points than bytes, and those need no counting.
      return Number.int(string.utf8.count).compared(to: limit) ?? 0 <= 0
        || Number.int(string.unicodeScalars.count).compared(to: limit) ?? 0 <= 0
    case .pattern(let pattern): return isFound(pattern, in: string)
    case .format(let format): return format.accepts(string)
    default: return true
    }
  }

  /// Comparisons with NaN are false in Python, so that it is within each limit.
  private static func accepts(_ rule: Rule, _ number: Number) -> Bool {
    switch rule {
    case .minimum(let limit): return number.compared(to: limit).map { $0 >= 0 } ?? true
    case .maximum(let limit): return number.compared(to: limit).map { $0 <= 0 } ?? true
    case .exclusiveMinimum(let limit): return number.compared(to: limit).map { $0 > 0 } ?? true
    case .exclusiveMaximum(let limit): return number.compared(to: limit).map { $0 < 0 } ?? true
    case .multipleOf(let divisor): return number.isMultiple(of: divisor)
    default: return true
    }
  }

  private mutating func accepts(_ rule: Rule, _ items: [JSONValue]) -> Bool {
    switch rule {
    case .items(let node, let start):
      for item in items.dropFirst(start) where !accepts(node, item) { return false }
      return true
    case .tuple(let nodes):
      for (node, item) in zip(nodes, items) where !accepts(node, item) { return false }
      return true
    case .noItems(let start): return items.count <= start
    case .contains(let node, let minimum, let maximum):
      let count = matches(of: node, in: items, all: minimum != nil || maximum != nil)
      return (Number.int(count).compared(to: minimum ?? .int(1)) ?? 0) >= 0
        && maximum.map { Number.int(count).compared(to: $0) ?? 0 <= 0 } ?? true
    case .minItems(let limit): return Number.int(items.count).compared(to: limit) ?? 0 >= 0
    case .maxItems(let limit): return Number.int(items.count).compared(to: limit) ?? 0 <= 0
    case .uniqueItems: return PythonEquality.allDistinct(items)
    default: return true
    }
  }

  /// Whether `pattern` matches somewhere in `text`; false if that cannot be found out within its limits.
  mutating func isFound(_ pattern: PythonPattern, in text: String) -> Bool {
    // Each key of an object may be compared with each of many patterns.
    steps += 1
    guard exceeded == nil, steps <= maximumSteps else {
      exceeded = exceeded ?? .steps
      return false
    }
    do {
      return try pattern.isFound(in: text)
    } catch {
      exceeded = exceeded ?? .pattern(error.pattern)
      return false
    }
  }

  mutating func isFound(anyOf patterns: [PythonPattern], in text: String) -> Bool {
    for pattern in patterns where isFound(pattern, in: text) { return true }
    return false
  }

  /// How many of `items` fulfil `node`; no more than one is looked for unless `all` are asked for.
  mutating func matches(of node: SchemaNode, in items: [JSONValue], all: Bool) -> Int {
    var count = 0
    for item in items where accepts(node, item) {
      count += 1
      if !all { break }
    }
    return count
  }

  private mutating func accepts(_ rule: Rule, _ object: JSONObject) -> Bool {
    switch rule {
    case .required(let keys):
      for key in keys where object[key] == nil { return false }
      return true
    case .properties(let properties): return accepts(properties, object)
    case .additionalProperties(let node, let known, let patterns):
      for (key, value) in object where !known.contains(key) {
        if isFound(anyOf: patterns, in: key) { continue }
        guard let node, accepts(node, value) else { return false }
      }
      return true
    case .patternProperties(let entries):
      for (pattern, node) in entries {
        for (key, value) in object where isFound(pattern, in: key) && !accepts(node, value) { return false }
      }
      return true
    case .propertyNames(let node):
      for key in object.keys where !accepts(node, .string(key)) { return false }
      return true
    case .dependencies(let dependencies):
      for (key, dependency) in dependencies where object[key] != nil {
        switch dependency {
        case .keys(let keys):
          for key in keys where object[key] == nil { return false }
        case .schema(let node):
          if !accepts(node, .object(object)) { return false }
        }
      }
      return true
    case .minProperties(let limit): return Number.int(object.count).compared(to: limit) ?? 0 >= 0
    case .maxProperties(let limit): return Number.int(object.count).compared(to: limit) ?? 0 <= 0
    default: return true
    }
  }

  private mutating func accepts(_ properties: PropertyTable, _ object: JSONObject) -> Bool {
    if object.count < properties.ordered.count {
      for (key, value) in object {
        if let node = properties.byKey[key], !accepts(node, value) { return false }
      }
    } else {
      for (key, node) in properties.ordered {
        if let value = object[key], !accepts(node, value) { return false }
      }
    }
    return true
  }
}
