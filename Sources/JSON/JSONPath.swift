import OrderedCollections

/// One step of a path into a JSON value.
package enum JSONPathSegment: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  case key(String)
  case index(Int)

  package init(stringLiteral value: String) { self = .key(value) }
  package init(integerLiteral value: Int) { self = .index(value) }

  /// The segment as an object's key.
  package var text: String {
    switch self {
    case .key(let key): key
    case .index(let index): String(index)
    }
  }

  /// The segment as a list index, where it is an integer or only decimal digits.
  package var listIndex: Int? {
    switch self {
    case .index(let index): index
    case .key(let key): !key.isEmpty && key.utf8.allSatisfy { $0 &- UInt8(ascii: "0") < 10 } ? Int(key) : nil
    }
  }

  /// The integer that Python's `int()` reads from the segment: blanks around, a sign and single underscores between digits allowed.
  var pythonInt: Int? {
    switch self {
    case .index(let index): return index
    case .key(let key):
      var text = key[...]
      while let first = text.first, first.isWhitespace { text.removeFirst() }
      while let last = text.last, last.isWhitespace { text.removeLast() }
      let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text
      guard let first = digits.utf8.first, let last = digits.utf8.last, first != 0x5F, last != 0x5F, !digits.contains("__"),
        digits.utf8.allSatisfy({ $0 == 0x5F || $0 &- UInt8(ascii: "0") < 10 })
      else { return nil }
      return Int(text.filter { $0 != "_" })
    }
  }
}

/// Why a path cannot be followed.
package struct JSONPathError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Kind: Sendable, Hashable {
    /// A path has `**` twice, or is too long for it.
    case invalidGlob
    /// Several values match where one is needed.
    case ambiguous
    /// A value on the way is neither an array nor an object.
    case notFound
    /// A segment that is not an index of the list it meets.
    case invalidIndex
  }

  package let kind: Kind
  package let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}

extension JSONValue {
  /// The longest list that setting a path may fill up with nulls.
  private static var maximumListLength: Int { 1_000_000 }

  /// The value at a path without globs: keys, and indexes of lists (negative ones from the end; strings of digits too).
  package func value(at path: [JSONPathSegment]) -> JSONValue? {
    var current = self
    for segment in path {
      let child: JSONValue?
      switch current {
      case .object(let members): child = members[segment.text]
      case .array(let elements): child = segment.listIndex.flatMap { current[$0 < 0 ? elements.count + $0 : $0] }
      default: child = nil
      }
      guard let child else { return nil }
      current = child
    }
    return current
  }

  /// Sets the value at a path, creating what is missing, as `dpath.new` does: an array where the next segment is an integer or
  /// only digits, else an object; arrays are filled up with nulls.
  ///
  /// Throws if a value on the way is a scalar or null (`notFound`), and if a list is accessed with something other than an index.
  package mutating func set(_ path: [JSONPathSegment], to value: JSONValue) throws(JSONPathError) {
    guard !path.isEmpty else { throw JSONPathError(.notFound, "the path is empty") }
    try set(path, 0, value)
  }

  private mutating func set(_ path: [JSONPathSegment], _ depth: Int, _ value: JSONValue) throws(JSONPathError) {
    let segment = path[depth]
    let isLast = depth == path.count - 1
    switch self {
    case .object(var members):
      let key = segment.text
      if isLast {
        self = .null
        members[key] = value
        self = .object(members)
        return
      }
      var child = members[key] ?? JSONValue.container(for: path[depth + 1])
      self = .null
      members[key] = .null
      defer {
        members[key] = child
        self = .object(members)
      }
      try child.set(path, depth + 1, value)
    case .array(var elements):
      guard let written = segment.listIndex else {
        throw JSONPathError(.invalidIndex, "'\(segment.text)' is not an index of the list it points into")
      }
      let index = written < 0 ? elements.count + written : written
      guard index >= 0, index < JSONValue.maximumListLength else {
        throw JSONPathError(.invalidIndex, "\(written) is not an index of a list of \(elements.count)")
      }
      let isNew = index >= elements.count
      self = .null
      if isNew { elements += Array(repeating: .null, count: index + 1 - elements.count) }
      if isLast {
        elements[index] = value
        self = .array(elements)
        return
      }
      var child = isNew ? JSONValue.container(for: path[depth + 1]) : elements[index]
      elements[index] = .null
      defer {
        elements[index] = child
        self = .array(elements)
      }
      try child.set(path, depth + 1, value)
    default:
      let place = path[..<depth].map(\.text).joined(separator: "/")
      throw JSONPathError(.notFound, "'\(place)' is neither an object nor a list")
    }
  }

  private static func container(for segment: JSONPathSegment) -> JSONValue {
    segment.listIndex == nil ? .object([:]) : .array([])
  }
}
