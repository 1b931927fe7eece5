import JSON
import Jinja
import Secrets

/// A config in which every secret is another one of the same shape: what a template gives differently by it was made of secrets.
package struct SecretShadow: Sendable {
  /// The config as templates see it.
  package let value: Value
  package let config: JSONObject
  /// The top-level keys below which there are secrets.
  private let keys: Set<String>

  /// Nil if the config has no secrets.
  package init?(of config: JSONObject, hiddenFrom secrets: any Secrets) {
    if secrets.showsEverything { return nil }
    var shadow = config
    var keys: Set<String> = []
    for (key, value) in config {
      let other = Self.changed(value, secrets)
      if other != value {
        shadow[key] = other
        keys.insert(key)
      }
    }
    guard !keys.isEmpty else { return nil }
    self.keys = keys
    self.config = shadow
    value = Value(JSONValue.object(shadow))
  }

  private static func changed(_ value: JSONValue, _ secrets: any Secrets) -> JSONValue {
    switch value {
    case .null, .bool: return value
    case .array(let elements): return .array(elements.map { changed($0, secrets) })
    case .object(let members): return .object(members.mapValues { changed($0, secrets) })
    default:
      let text = PythonStrings.str(value)
      guard secrets.masked(text) == SecretMask.replacement else { return value }
      if case .int(let number) = value { return .int(number ^ 1) }
      return value.string == nil ? value : .string(other(text))
    }
  }

  /// A text of the same shape: JSON stays JSON, and letters and digits become the next ones.
  private static func other(_ text: String) -> String {
    if text.first == "{" || text.first == "[", let json = try? JSONValue(parsing: text) { return leavesChanged(json).jsonText }
    var isEscaped = false
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      scalars.append(isEscaped ? scalar : next(scalar))
      isEscaped = scalar == "\\" && !isEscaped
    }
    return String(scalars)
  }

  private static func leavesChanged(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): .string(other(text))
    case .int(let number): .int(number ^ 1)
    case .array(let elements): .array(elements.map(leavesChanged))
    case .object(let members): .object(members.mapValues(leavesChanged))
    default: value
    }
  }

  private static func next(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "z": "a"
    case "Z": "A"
    case "9": "0"
    case "a"..."y", "A"..."Y", "0"..."8": Unicode.Scalar(UInt8(scalar.value) + 1)
    default: scalar
    }
  }

  // MARK: Templates

  /// Whether templates in `value` may read a secret: they do not where each of their reads of the config names a key of another one.
  func mayChange(_ value: JSONValue) -> Bool {
    switch value {
    case .string(let text): mayRead(text)
    case .array(let elements): elements.contains(where: mayChange)
    case .object(let members): members.contains { mayRead($0.key) || mayChange($0.value) }
    default: false
    }
  }

  private func mayRead(_ template: String) -> Bool {
    guard template.contains("{") else { return false }
    return template.ranges(of: "config").contains { range in
      Self.key(template[range.upperBound...]).map(keys.contains) ?? true
    }
  }

  /// The key that is read by what follows `config`: `['key']`, `.key` or `.get('key'`; nil for anything else.
  private static func key(_ rest: Substring) -> String? {
    var rest = rest
    if rest.first == "[" {
      rest = rest.dropFirst()
    } else if rest.hasPrefix(".get(") {
      rest = rest.dropFirst(5)
    } else if rest.first == "." {
      let name = rest.dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      return ["get", "items", "values", "keys", "copy", "pop", "popitem"].contains(name) || name.isEmpty ? nil : String(name)
    } else {
      return nil
    }
    rest = rest.drop(while: \.isWhitespace)
    guard let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
    let name = rest.dropFirst().prefix { $0 != quote && $0 != "\\" }
    guard rest[name.endIndex...].first == quote else { return nil }
    let end = rest[name.endIndex...].dropFirst().drop(while: \.isWhitespace).first
    return end == "]" || end == ")" || end == "," ? String(name) : nil
  }
}

extension Secrets {
  /// Hides what was made of secrets in `value`: what is another in the value that other secrets give.
  package func hide(derived value: JSONValue, insteadOf other: JSONValue?) {
    switch (value, other) {
    case (.object(let members), _):
      for (key, member) in members { hide(derived: member, insteadOf: other?[key]) }
    case (.array(let elements), _):
      let others = other?.array
      for (index, element) in elements.enumerated() {
        hide(derived: element, insteadOf: others.flatMap { $0.indices.contains(index) ? $0[index] : nil })
      }
    case (.null, _), (.bool, _): break
    default:
      guard let other else { return hidePassing(PythonStrings.str(value)) }
      let (text, otherText) = (PythonStrings.str(value), PythonStrings.str(other))
      if text != otherText { hidePassing(String(Substring(Self.difference(of: text, from: otherText)))) }
    }
  }

  /// What is in `text` between the beginning and the end that it shares with `other`, in whole words.
  private static func difference(of text: String, from other: String) -> Substring.UnicodeScalarView {
    let (left, right) = (Array(text.unicodeScalars), Array(other.unicodeScalars))
    func isWord(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value) }
    var start = 0
    while start < left.count, start < right.count, left[start] == right[start] { start += 1 }
    var end = left.count
    var otherEnd = right.count
    while end > start, otherEnd > start, left[end - 1] == right[otherEnd - 1] { (end, otherEnd) = (end - 1, otherEnd - 1) }
    while start > 0, isWord(left[start - 1]) { start -= 1 }
    while end < left.count, isWord(left[end]) { end += 1 }
    let scalars = text.unicodeScalars
    return scalars[scalars.index(scalars.startIndex, offsetBy: start)..<scalars.index(scalars.startIndex, offsetBy: end)]
  }
}
