import JSON

/// Finds out what templates read of a variable: `response.meta.next` and `response['meta'].get('next')` are the same path.
enum TemplatePaths {
  struct Path: Hashable {
    /// Keys; an index is `[0]`.
    let steps: [String]
    /// As it is written.
    let text: String
  }

  /// What is called on a value rather than read from it.
  private static let methods: Set<String> = [
    "keys", "values", "items", "split", "rsplit", "replace", "strip", "lower", "upper", "startswith", "endswith", "format",
    "isoformat", "strftime", "timestamp", "join", "count", "index", "append", "update", "rstrip", "lstrip", "title", "encode",
  ]

  /// The paths from a variable, in the order of the text.
  static func paths(from variable: String, in text: String) -> [Path] {
    var found: [Path] = []
    var rest = text[...]
    while let range = rest.firstRange(of: variable) {
      let before = range.lowerBound > text.startIndex ? text[text.index(before: range.lowerBound)] : " "
      rest = rest[range.upperBound...]
      guard !isNamePart(before), before != ".", before != "'", before != "\"", !(rest.first.map(isNamePart) ?? false) else {
        continue
      }
      var tail = rest
      let steps = steps(&tail)
      let path = Path(steps: steps, text: String(text[range.lowerBound..<tail.startIndex]))
      if !found.contains(path) { found.append(path) }
      rest = tail
    }
    return found
  }

  /// Texts in quotes, numbers, and the words for truth values.
  static func literals(in text: String) -> [JSONValue] {
    var values: [JSONValue] = []
    var rest = text[...]
    while let start = rest.firstIndex(where: { $0 == "'" || $0 == "\"" || $0.isNumber }) {
      let mark = rest[start]
      rest = rest[start...]
      if mark.isNumber {
        let digits = rest.prefix { $0.isNumber || $0 == "." }
        if let number = Int(digits) { values.append(.int(number)) }
        rest = rest.dropFirst(digits.count)
        continue
      }
      rest = rest.dropFirst()
      guard let end = rest.firstIndex(of: mark) else { break }
      values.append(.string(String(rest[..<end])))
      rest = rest[end...].dropFirst()
    }
    return values
  }

  private static func isNamePart(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  private static func steps(_ rest: inout Substring) -> [String] {
    var steps: [String] = []
    while true {
      if rest.hasPrefix(".get("), let (key, tail) = quoted(rest.dropFirst(5)) {
        steps.append(key)
        rest = afterCall(tail)
      } else if rest.first == ".", let next = rest.dropFirst().first, next.isLetter || next == "_" {
        let name = String(rest.dropFirst().prefix(while: isNamePart))
        let tail = rest.dropFirst(1 + name.count)
        if tail.first == "(" || methods.contains(name) && tail.first == "(" { return steps }
        steps.append(name)
        rest = tail
      } else if rest.first == "[" {
        if let (key, tail) = quoted(rest.dropFirst().drop { $0 == " " }), tail.drop(while: { $0 == " " }).first == "]" {
          steps.append(key)
          rest = tail.drop { $0 == " " }.dropFirst()
        } else if let end = rest.firstIndex(of: "]"), Int(rest[rest.index(after: rest.startIndex)..<end]) != nil {
          steps.append("[0]")
          rest = rest[end...].dropFirst()
        } else {
          return steps
        }
      } else {
        return steps
      }
    }
  }

  private static func quoted(_ text: Substring) -> (String, Substring)? {
    guard let mark = text.first, mark == "'" || mark == "\"" else { return nil }
    let inner = text.dropFirst()
    guard let end = inner.firstIndex(of: mark) else { return nil }
    return (String(inner[..<end]), inner[end...].dropFirst())
  }

  /// What is behind the parenthesis that closes a call.
  private static func afterCall(_ text: Substring) -> Substring {
    var depth = 1
    var index = text.startIndex
    while index < text.endIndex, depth > 0 {
      if text[index] == "(" { depth += 1 }
      if text[index] == ")" { depth -= 1 }
      index = text.index(after: index)
    }
    return text[index...]
  }
}

extension JSONValue {
  /// Puts a value at a path, and makes what is missing on the way: an object for a key, a list of one for `[0]`.
  package mutating func place(_ value: JSONValue, at path: some Collection<String>) {
    guard let step = path.first else {
      self = value
      return
    }
    let rest = path.dropFirst()
    if step == "[0]" || step == "*" {
      var elements = array ?? []
      if elements.isEmpty { elements = [.null] }
      for index in elements.indices { elements[index].place(value, at: rest) }
      self = .array(elements)
    } else if case .array(var elements) = self, let index = Int(step) {
      while elements.count <= index { elements.append(.null) }
      elements[index].place(value, at: rest)
      self = .array(elements)
    } else {
      var members = object ?? [:]
      var inner = members[step] ?? .null
      inner.place(value, at: rest)
      members[step] = inner
      self = .object(members)
    }
  }

  /// The value at a path of keys and `[0]`.
  package func value(at path: some Collection<String>) -> JSONValue? {
    guard let step = path.first else { return self }
    let next = step == "[0]" ? array?.first : self[step] ?? Int(step).flatMap { self[$0] }
    return next?.value(at: path.dropFirst())
  }

  /// What is in either value: members of both objects; lists element by element.
  func united(with other: JSONValue) -> JSONValue {
    switch (self, other) {
    case (.object(let left), .object(let right)): return .object(left.merging(right) { $0.united(with: $1) })
    case (.array(let left), .array(let right)):
      let both = zip(left, right).map { $0.united(with: $1) }
      return .array(both + left.dropFirst(both.count) + right.dropFirst(both.count))
    case (.null, _): return other
    default: return self
    }
  }
}
