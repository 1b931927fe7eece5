import JSON

extension JSONValue {
  /// An object without a key.
  func without(_ key: String) -> JSONValue {
    var copy = self
    copy[key] = nil
    return copy
  }

  /// The same text for the same value: keys in order, decimals by their value.
  ///
  /// Whole numbers and decimals stay apart, so 1 and 1.0 differ.
  var canonicalText: String { canonical.jsonText }

  private var canonical: JSONValue {
    switch self {
    case .array(let elements): .array(elements.map(\.canonical))
    case .object(let members):
      .object(JSONObject(uniqueKeysWithValues: members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.canonical) }))
    case .number where kind == .double: double.map(JSONValue.double) ?? self
    default: self
    }
  }

  /// Readable lines for where this differs from what was expected.
  func differences(from expected: JSONValue, at path: String = "$") -> [String] {
    switch (expected, self) {
    case (.object(let left), .object(let right)):
      let keys = left.keys.union(right.keys)
      return keys.flatMap { Self.differences(left[$0], right[$0], "\(path).\($0)") }
    case (.array(let left), .array(let right)):
      return (0..<max(left.count, right.count)).flatMap { index in
        Self.differences(
          left.indices.contains(index) ? left[index] : nil, right.indices.contains(index) ? right[index] : nil,
          "\(path)[\(index)]")
      }
    default:
      return canonicalText == expected.canonicalText ? [] : ["\(path): expected \(expected.jsonText), got \(jsonText)"]
    }
  }

  private static func differences(_ expected: JSONValue?, _ actual: JSONValue?, _ path: String) -> [String] {
    switch (expected, actual) {
    case (let expected?, let actual?): actual.differences(from: expected, at: path)
    case (let expected?, nil): ["\(path): missing \(expected.jsonText)"]
    case (nil, let actual?): ["\(path): unexpected \(actual.jsonText)"]
    case (nil, nil): []
    }
  }
}
