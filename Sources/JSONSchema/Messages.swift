import JSON
import Python

extension ValidationError {
  /// What is wrong, as a sentence that names values but prints no whole structures.
  package var message: String {
    let it = Self.brief(instance)
    let limit = Self.whole(keywordValue)
    switch keyword {
    case "": return abortReason.map { "Validation was given up: \($0)" } ?? "No value is allowed here"
    case "type": return "\(Self.typed(instance)) was found where \(Self.typeNames(keywordValue)) is expected"
    case "enum":
      guard case .array(let values) = keywordValue else { return "\(it) is not allowed here" }
      return values.count == 1
        ? "\(it) was found where only \(Self.whole(values[0])) is allowed" : "\(it) is not one of \(Self.list(values))"
    case "const": return "\(it) was found where only \(limit) is allowed"
    case "minimum": return "\(it) is less than \(limit), the least that is allowed"
    case "maximum": return "\(it) is more than \(limit), the most that is allowed"
    case "exclusiveMinimum": return "\(it) is not more than \(limit)"
    case "exclusiveMaximum": return "\(it) is not less than \(limit)"
    case "multipleOf": return "\(it) is not a multiple of \(limit)"
    case "minLength": return "\(it) is shorter than \(Self.count(keywordValue, "character"))"
    case "maxLength": return "\(it) is longer than \(Self.count(keywordValue, "character"))"
    case "minItems": return "This list has fewer than \(Self.count(keywordValue, "element"))"
    case "maxItems": return "This list has more than \(Self.count(keywordValue, "element"))"
    case "minProperties": return "This object has fewer than \(Self.count(keywordValue, "property", "properties"))"
    case "maxProperties": return "This object has more than \(Self.count(keywordValue, "property", "properties"))"
    case "uniqueItems": return "Two elements of this list are equal"
    case "pattern": return "\(it) does not match the pattern \(limit)"
    case "format": return "\(it) does not have the format \(limit)"
    case "not": return "\(it) matches a schema that it must not match"
    case "$ref", "$dynamicRef": return "The schema's reference \(limit) leads nowhere"
    default: return detailMessage(it)
    }
  }

  private func detailMessage(_ it: String) -> String {
    switch detail {
    case .keys(let keys) where keyword == "required": return "The property \(Self.quoted(keys)) is missing"
    case .keys(let keys):
      return keys.count == 1
        ? "The property \(Self.quoted(keys)) is not known here" : "The properties \(Self.quoted(keys)) are not known here"
    case .unmatched(let keys, let patterns):
      return "\(Self.quoted(keys)): no property of this name is known here, and no pattern of \(Self.quoted(patterns)) matches"
    case .dependency(let missing, let key):
      return "The property \(Self.quoted([missing])) is missing: \(Self.quoted([key])) needs it"
    case .surplus(_, let start):
      return "This list has more than \(Self.count(.int(start), "element"))"
    case .count(let count):
      return count == 0
        ? "No element of this list fits `contains`"
        : "\(count) elements fit `contains`, which is not the number that is allowed"
    case .overlap(let schemas): return "\(it) fits \(schemas.count) alternatives, but must fit exactly one"
    case .refused(let choice):
      guard let unknown = choice.unknown else { return refusal(it) }
      guard let value = unknown.value else { return Self.untold(unknown.key, unknown.allowed) }
      return "\(unknown.key): \(Self.brief(value)) is not one of \(Self.list(unknown.allowed))"
    case .untold(let key, let allowed): return Self.untold(key, allowed)
    case .none, .gaveUp, .forbidden: return "\(it) is not allowed here"
    }
  }

  private static func untold(_ key: String, _ allowed: [JSONValue]) -> String {
    "The property '\(key)' is missing: it is one of \(list(allowed))"
  }

  /// Where the value is of a wrong type for each alternative, the types that they take.
  private func refusal(_ it: String) -> String {
    var names: [JSONValue] = []
    for error in context {
      guard error.keyword == "type", error.instancePath.count == instancePath.count else {
        if error.instancePath.count == instancePath.count, error.keyword == "enum" || error.keyword == "const" { continue }
        return "\(it) \(fitsNone)"
      }
      let types: [JSONValue] = if case .array(let items) = error.keywordValue { items } else { [error.keywordValue] }
      for name in types where !names.contains(name) { names.append(name) }
    }
    guard !names.isEmpty else { return "\(it) \(fitsNone)" }
    return "\(Self.typed(instance)) was found where \(Self.typeNames(.array(names))) is expected"
  }

  /// Why validation was given up, as a clause; nil where it was not.
  var abortReason: String? {
    switch detail {
    case .gaveUp(.depth): "values or references nest more than \(Checker.depthLimit) levels deep"
    case .gaveUp(.pattern(let pattern)):
      "the pattern '\(pattern)' takes too many steps on a value. Nested repetitions such as (a+)+ can cause this"
    case .gaveUp(.steps):
      "the value is too large, or alternatives nest so that they cannot all be tried"
    default: nil
    }
  }

  static func quoted(_ names: [String]) -> String {
    names.map { "'\($0)'" }.joined(separator: ", ")
  }

  static func list(_ values: [JSONValue]) -> String {
    let shown = values.prefix(30).map(whole).joined(separator: ", ")
    return values.count > 30 ? "\(shown) and \(values.count - 30) others" : shown
  }

  static func count(_ value: JSONValue, _ one: String, _ many: String? = nil) -> String {
    "\(whole(value)) \(value == .int(1) ? one : many ?? one + "s")"
  }

  static func typeNames(_ value: JSONValue) -> String {
    guard case .array(let items) = value else { return article(value.plainString ?? "value") }
    let names = items.map { article($0.plainString ?? "value") }
    return names.count < 2
      ? names.joined() : names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }

  private static func article(_ name: String) -> String {
    switch name {
    case "null": name
    case "integer", "array", "object": "an \(name)"
    default: "a \(name)"
    }
  }

  private static func typed(_ value: JSONValue) -> String {
    switch value {
    case .null, .array, .object, .bool: brief(value)
    case .string: isShort(value) ? "the string \(brief(value))" : brief(value)
    case .int, .double, .number: isShort(value) ? "the number \(brief(value))" : brief(value)
    }
  }

  /// Longer texts and numbers are not quoted.
  private static let longestQuotation = 60

  private static func isShort(_ value: JSONValue) -> Bool {
    switch value {
    case .number(let text), .string(let text): text.count <= longestQuotation
    default: true
    }
  }

  /// A scalar of the instance as JSON, or its length where it is long; of a list or an object only its size.
  ///
  /// Nothing is cut: a part of a secret would not be recognised in the sentence.
  private static func brief(_ value: JSONValue) -> String {
    guard !isShort(value) else { return whole(value) }
    switch value {
    case .number(let digits): return "a number of \(digits.count) characters"
    case .string(let string): return "a string of \(string.count) characters"
    default: return whole(value)
    }
  }

  /// A scalar as JSON, however long; of a list or an object only its size.
  static func whole(_ value: JSONValue) -> String {
    switch value {
    case .null: return "null"
    case .bool(let bool): return bool ? "true" : "false"
    case .int(let int): return String(int)
    case .double(let double): return PythonRepr.of(double)
    case .number(let digits): return digits
    case .string(let string): return "'\(string)'"
    case .array(let items): return items.isEmpty ? "an empty list" : "a list of \(items.count)"
    case .object(let object):
      return object.isEmpty ? "an empty object" : "an object with \(object.count == 1 ? "one key" : "\(object.count) keys")"
    }
  }
}
