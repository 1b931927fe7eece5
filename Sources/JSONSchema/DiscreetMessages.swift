import JSON

extension ValidationError {
  /// What is wrong, as a sentence without a final stop that shows only the kind of the value: for values that may be secret.
  ///
  /// What it quotes is the schema's.
  package var discreetMessage: String {
    let limit = Self.whole(keywordValue)
    switch keyword {
    case "": return abortReason.map { "validation was given up: \($0)" } ?? "no value is allowed here"
    case "type": return "expected \(Self.typeNames(keywordValue)), found \(kind)"
    case "enum":
      guard case .array(let values) = keywordValue else { return "the value is not allowed here" }
      return "the value is not one of \(Self.list(values))"
    case "const": return "the value is not \(limit)"
    case "minimum": return "the value is less than \(limit), the least that is allowed"
    case "maximum": return "the value is more than \(limit), the most that is allowed"
    case "exclusiveMinimum": return "the value is not more than \(limit)"
    case "exclusiveMaximum": return "the value is not less than \(limit)"
    case "multipleOf": return "the value is not a multiple of \(limit)"
    case "minLength": return "the string is shorter than \(Self.count(keywordValue, "character"))"
    case "maxLength": return "the string is longer than \(Self.count(keywordValue, "character"))"
    case "minItems": return "the list has fewer than \(Self.count(keywordValue, "element"))"
    case "maxItems": return "the list has more than \(Self.count(keywordValue, "element"))"
    case "minProperties": return "the object has fewer than \(Self.count(keywordValue, "property", "properties"))"
    case "maxProperties": return "the object has more than \(Self.count(keywordValue, "property", "properties"))"
    case "uniqueItems": return "two elements of the list are equal"
    case "pattern": return "the string does not match the pattern \(limit)"
    case "format": return "the string does not have the format \(limit)"
    case "not": return "the value matches a schema that it must not match"
    case "$ref", "$dynamicRef": return "the reference \(limit) of the schema leads nowhere"
    default: return discreetDetail
    }
  }

  /// The keys of an object that its schema does not allow.
  package var unknownKeys: [String] {
    switch detail {
    case .keys(let keys) where keyword != "required": keys
    case .unmatched(let keys, _): keys
    default: []
    }
  }

  private var discreetDetail: String {
    switch detail {
    case .keys(let keys) where keyword == "required": return "the property \(Self.quoted(keys)) is missing"
    case .keys(let keys): return keys.count == 1 ? "a property is not known" : "\(keys.count) properties are not known"
    case .unmatched(let keys, let patterns):
      let which = patterns.count == 1 ? "the pattern" : "the patterns"
      let number =
        keys.count == 1 ? "a property is not known, and its name does" : "\(keys.count) properties are not known, and do"
      return "\(number) not match \(which) \(Self.quoted(patterns))"
    case .dependency(let missing, let key):
      return "the property \(Self.quoted([missing])) is missing, which \(Self.quoted([key])) needs"
    case .surplus(_, let start): return "the list has more than \(Self.count(.int(start), "element"))"
    case .count(let count):
      return count == 0 ? "no element of the list fits `contains`" : "too few or too many elements fit `contains`"
    case .overlap(let schemas): return "the value fits \(schemas.count) alternatives, but must fit exactly one"
    case .refused(let choice):
      guard let unknown = choice.unknown else { return "the value \(fitsNone)" }
      guard unknown.value != nil else { return "the property \(Self.quoted([unknown.key])) is missing" }
      return "\(Self.quoted([unknown.key])) is not one of \(Self.list(unknown.allowed))"
    case .untold(let key, let allowed): return "the property '\(key)' is missing: it is one of \(Self.list(allowed))"
    case .none, .gaveUp, .forbidden: return "the value is not allowed here"
    }
  }

  /// What the alternatives of an `anyOf` or a `oneOf` are, in a few words; nil where they have no short names.
  package var alternativeNames: String? { Alternatives.names(of: keywordValue) }

  /// That a value fits no alternative, and what these are.
  var fitsNone: String { "fits none of the alternatives" + (alternativeNames.map { ": \($0)" } ?? "") }

  private var kind: String {
    switch instance {
    case .null: "null"
    case .bool: "a boolean"
    case .int, .double, .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
