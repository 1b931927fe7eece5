import Essentials
import JSON

/// A part of a value that is not as it was expected.
struct ValueDifference: Sendable, Equatable {
  /// The path of the part, as in `price.amount`; empty for the whole.
  let path: String
  /// Nil if nothing was expected there.
  let expected: JSONValue?
  /// Nil if nothing came there.
  let actual: JSONValue?

  /// The difference in words.
  var sentence: String {
    let place = path.isEmpty ? "" : "\(path): "
    return switch (expected, actual) {
    case (let expected?, let actual?): "\(place)expected \(Self.shown(expected)), came \(Self.shown(actual))"
    case (let expected?, nil): "\(place)expected \(Self.shown(expected)), came nothing"
    case (nil, let actual?): "\(place)expected nothing, came \(Self.shown(actual))"
    case (nil, nil): place
    }
  }

  private static let longest = 160

  /// A value on one line, cut where it is long.
  static func shown(_ value: JSONValue) -> String {
    let text = value.jsonText
    return text.count > longest ? text.prefix(longest) + "…" : text
  }
}

/// Compares what came with what was expected.
struct ValueComparison: Sendable {
  /// Whether objects may have further members.
  var allowsMore = false

  /// The parts that differ, in the order of what was expected.
  func differences(_ expected: JSONValue, _ actual: JSONValue) -> [ValueDifference] {
    var found: [ValueDifference] = []
    compare(expected, actual, "", &found)
    return found
  }

  func areEqual(_ expected: JSONValue, _ actual: JSONValue) -> Bool { differences(expected, actual).isEmpty }

  private func compare(_ expected: JSONValue, _ actual: JSONValue, _ path: String, _ found: inout [ValueDifference]) {
    switch (expected, actual) {
    case (.string(let text), _) where text.hasPrefix(Wildcard.prefix):
      if !Wildcard.matches(text, actual) { found.append(ValueDifference(path: path, expected: expected, actual: actual)) }
    case (.string(let text), .string(let other)) where text.contains(Wildcard.masked):
      if !Wildcard.matches(masked: text, other) {
        found.append(ValueDifference(path: path, expected: expected, actual: actual))
      }
    case (.object(let wanted), .object(let given)):
      for (key, value) in wanted {
        let place = path.isEmpty ? key : "\(path).\(key)"
        if let other = given[key] {
          compare(value, other, place, &found)
        } else {
          found.append(ValueDifference(path: place, expected: value, actual: nil))
        }
      }
      guard !allowsMore else { return }
      for (key, value) in given where wanted[key] == nil {
        found.append(ValueDifference(path: path.isEmpty ? key : "\(path).\(key)", expected: nil, actual: value))
      }
    case (.array(let wanted), .array(let given)):
      for (index, value) in wanted.enumerated() {
        if given.indices.contains(index) {
          compare(value, given[index], "\(path)[\(index)]", &found)
        } else {
          found.append(ValueDifference(path: "\(path)[\(index)]", expected: value, actual: nil))
        }
      }
      for (index, value) in given.enumerated().dropFirst(wanted.count) {
        found.append(ValueDifference(path: "\(path)[\(index)]", expected: nil, actual: value))
      }
    default:
      // Python counts true as 1.
      if !expected.equals(actual) || (expected.bool == nil) != (actual.bool == nil) {
        found.append(ValueDifference(path: path, expected: expected, actual: actual))
      }
    }
  }
}

/// Texts in expectations that stand for many values: the placeholders of JsonUnit, which MockServer's expectations have too, and what is
/// masked.
enum Wildcard {
  static let prefix = "${json-unit."
  static let masked = "****"

  static func matches(_ placeholder: String, _ value: JSONValue) -> Bool {
    switch placeholder {
    case "${json-unit.ignore}", "${json-unit.ignore-element}": true
    case "${json-unit.any-string}": value.string != nil
    case "${json-unit.any-number}": value.double != nil
    case "${json-unit.any-boolean}": value.bool != nil
    default: value.string == placeholder
    }
  }

  /// Whether a text is like one in which four stars stand for anything.
  static func matches(masked pattern: String, _ text: String) -> Bool {
    let parts = pattern.components(separatedBy: masked)
    guard let first = parts.first, let last = parts.last, parts.count > 1 else { return pattern == text }
    guard text.hasPrefix(first) else { return false }
    var rest = text.dropFirst(first.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let place = rest.firstRange(of: part) else { return false }
      rest = rest[place.upperBound...]
    }
    return rest.hasSuffix(last)
  }
}
