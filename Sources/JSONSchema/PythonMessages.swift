import JSON
import Python

extension ValidationError {
  /// What Python's jsonschema says of this error, which users search for: `'api_key' is a required property`.
  package var pythonMessage: String {
    let it = PythonRepr.of(instance)
    let limit = PythonRepr.of(keywordValue)
    switch keyword {
    case "": return pythonAbortMessage ?? "False schema does not allow \(it)"
    case "type":
      var names = [limit]
      if case .array(let items) = keywordValue { names = items.map { PythonRepr.of($0) } }
      return "\(it) is not of type \(names.joined(separator: ", "))"
    case "enum": return "\(it) is not one of \(limit)"
    case "const": return "\(limit) was expected"
    case "minimum": return "\(it) is less than the minimum of \(limit)"
    case "maximum": return "\(it) is greater than the maximum of \(limit)"
    case "exclusiveMinimum": return "\(it) is less than or equal to the minimum of \(limit)"
    case "exclusiveMaximum": return "\(it) is greater than or equal to the maximum of \(limit)"
    case "multipleOf": return "\(it) is not a multiple of \(limit)"
    case "minLength", "minItems": return "\(it) \(limit == "1" || limit == "1.0" ? "should be non-empty" : "is too short")"
    case "maxLength", "maxItems": return "\(it) \(isZero ? "is expected to be empty" : "is too long")"
    case "minProperties":
      return "\(it) \(limit == "1" || limit == "1.0" ? "should be non-empty" : "does not have enough properties")"
    case "maxProperties": return "\(it) \(isZero ? "is expected to be empty" : "has too many properties")"
    case "uniqueItems": return "\(it) has non-unique elements"
    case "pattern": return "\(it) does not match \(limit)"
    case "format": return "\(it) is not a \(limit)"
    case "not": return "\(it) should not be valid under \(limit)"
    case "$ref", "$dynamicRef": return "Unresolvable: \(keywordValue.plainString ?? limit)"
    default: return pythonDetailMessage(it)
    }
  }

  private func pythonDetailMessage(_ it: String) -> String {
    switch detail {
    case .keys(let keys) where keyword == "required":
      return "\(PythonRepr.of(keys.first ?? "")) is a required property"
    case .untold(let key, _): return "\(PythonRepr.of(key)) is a required property"
    case .keys(let keys):
      return "Additional properties are not allowed (\(Self.list(keys)) \(keys.count == 1 ? "was" : "were") unexpected)"
    case .unmatched(let keys, let patterns):
      let verb = keys.count == 1 ? "does" : "do"
      return "\(Self.list(keys)) \(verb) not match any of the regexes: \(Self.list(patterns))"
    case .dependency(let missing, let key):
      return "\(PythonRepr.of(missing)) is a dependency of \(PythonRepr.of(key))"
    case .surplus(let items, _) where keyword == "additionalItems":
      let names = items.map { PythonRepr.of($0) }.joined(separator: ", ")
      return "Additional items are not allowed (\(names) \(items.count == 1 ? "was" : "were") unexpected)"
    case .surplus(let items, let start):
      let rest = items.count == 1 ? PythonRepr.of(items[0]) : PythonRepr.of(.array(items))
      return "Expected at most \(start) \(start == 1 ? "item" : "items") but found \(items.count) extra: \(rest)"
    case .count(let count):
      if dialect == .draft7 { return "None of \(it) are valid under the given schema" }
      return count == 0
        ? "\(it) does not contain items matching the given schema"
        : "Another number of items matches the given schema (\(count) matched)"
    case .overlap(let schemas):
      return "\(it) is valid under each of \(schemas.map { PythonRepr.of($0) }.joined(separator: ", "))"
    default: return "\(it) is not valid under any of the given schemas"
    }
  }

  private var pythonAbortMessage: String? {
    if case .gaveUp = detail { "maximum recursion depth exceeded" } else { nil }
  }

  private var isZero: Bool { Number(keywordValue)?.compared(to: .int(0)) == 0 }

  private static func list(_ strings: [String]) -> String {
    strings.map { PythonRepr.of($0) }.joined(separator: ", ")
  }
}

extension JSONValue {
  var plainString: String? {
    if case .string(let string) = self { string } else { nil }
  }
}
