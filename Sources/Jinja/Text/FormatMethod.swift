import PythonTime

/// `str.format`, with attributes and items looked up as the sandbox does.
func strFormat(
  _ format: String, _ arguments: Arguments, isMarkup: Bool, _ evaluation: inout Evaluation
) throws(TemplateError) -> String {
  try evaluation.charge(text: format.utf8.count)
  var formatter = Formatter(arguments: arguments, isMarkup: isMarkup)
  return try formatter.format(Array(format.unicodeScalars)[...], depth: 2, &evaluation)
}

private struct Formatter {
  let arguments: Arguments
  let isMarkup: Bool
  private var nextPlace = 0
  private var numbersByHand: Bool?

  init(arguments: Arguments, isMarkup: Bool) {
    self.arguments = arguments
    self.isMarkup = isMarkup
  }

  mutating func format(
    _ source: ArraySlice<Unicode.Scalar>, depth: Int, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> String {
    guard depth > 0 else { throw TemplateError(.value, "A format's fields are nested too deeply") }
    var result = ""
    var at = source.startIndex
    while at < source.endIndex {
      let current = source[at]
      let isDoubled = at + 1 < source.endIndex && source[at + 1] == current
      if current == "{" || current == "}", isDoubled {
        result.unicodeScalars.append(current)
        at += 2
      } else if current == "}" {
        throw TemplateError(.value, "A format has a single '}'")
      } else if current == "{" {
        let end = try closing(source, from: at + 1)
        let text = try field(source[(at + 1)..<end], depth: depth, &evaluation)
        try evaluation.charge(text: result.utf8.count + text.utf8.count, adding: text.utf8.count)
        result += text
        at = end + 1
      } else {
        result.unicodeScalars.append(current)
        at += 1
      }
      try evaluation.checkSize(text: result.utf8.count)
    }
    return result
  }

  private func closing(_ source: ArraySlice<Unicode.Scalar>, from start: Int) throws(TemplateError) -> Int {
    var open = 1
    var inBrackets = false
    for at in start..<source.endIndex {
      switch source[at] {
      case "[" where open == 1: inBrackets = true
      case "]": inBrackets = false
      case "{" where !inBrackets: open += 1
      case "}" where !inBrackets:
        open -= 1
        if open == 0 { return at }
      default: break
      }
    }
    throw TemplateError(.value, start == source.endIndex ? "A format has a single '{'" : "A format lacks its '}'")
  }

  private mutating func field(
    _ source: ArraySlice<Unicode.Scalar>, depth: Int, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> String {
    var nameEnd = source.startIndex
    var inBrackets = false
    while nameEnd < source.endIndex, inBrackets || (source[nameEnd] != ":" && source[nameEnd] != "!") {
      if source[nameEnd] == "[" { inBrackets = true }
      if source[nameEnd] == "]" { inBrackets = false }
      if source[nameEnd] == "{" { throw TemplateError(.value, "A field's name contains a '{'") }
      nameEnd += 1
    }
    var rest = source[nameEnd...]
    var conversion: Unicode.Scalar?
    if rest.first == "!" {
      rest = rest.dropFirst()
      guard let mark = rest.popFirst() else { throw TemplateError(.value, "A field lacks its conversion") }
      conversion = mark
      guard rest.isEmpty || rest.first == ":" else { throw TemplateError(.value, "A conversion is followed by ':'") }
    }
    var value = try value(source[..<nameEnd], &evaluation)
    switch conversion {
    case nil: break
    case "s": value = .string(try value.text(&evaluation))
    case "r": value = .string(try value.representation(&evaluation))
    case "a": value = .string(asciiRepresentation(try value.representation(&evaluation)))
    default: throw TemplateError(.value, "A field has an unknown conversion")
    }
    let spec = rest.isEmpty ? "" : try format(rest.dropFirst(), depth: depth - 1, &evaluation)
    return try formatted(value, spec, &evaluation)
  }

  private func formatted(_ value: Value, _ spec: String, _ evaluation: inout Evaluation) throws(TemplateError) -> String {
    if isMarkup {
      if case .markup(let text) = value {
        guard spec.isEmpty else { throw TemplateError(.value, "A safe text cannot be formatted") }
        return text
      }
      return escapeHTML(try formatValue(value, spec, &evaluation))
    }
    return try formatValue(value, spec, &evaluation)
  }

  private mutating func value(
    _ name: ArraySlice<Unicode.Scalar>, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Value {
    var at = name.firstIndex { $0 == "." || $0 == "[" } ?? name.endIndex
    // Only a field without any name counts up.
    if at == name.startIndex, at < name.endIndex { throw TemplateError(.key, "A format has no argument ''") }
    var value = try argument(String(name[..<at]))
    while at < name.endIndex {
      try evaluation.charge()
      if name[at] == "." {
        let end = name[(at + 1)...].firstIndex { $0 == "." || $0 == "[" } ?? name.endIndex
        let attribute = String(name[(at + 1)..<end])
        if attribute.isEmpty { throw TemplateError(.value, "A field has an empty attribute") }
        let missing = Value.undefined("A value of type \(value.typeName) has no attribute '\(attribute)'")
        value = try value.attribute(Selector(attribute), missing: missing, &evaluation)
        at = end
      } else {
        guard let end = name[at...].firstIndex(of: "]") else { throw TemplateError(.value, "A field lacks its ']'") }
        let key = String(name[(at + 1)..<end])
        if key.isEmpty { throw TemplateError(.value, "A field has an empty attribute") }
        let item: Value = key.unicodeScalars.allSatisfy(\.isASCIIDigit) ? .int(Int(key) ?? .max) : .string(key)
        value = try value.item(item, missing: .undefined("A value has no item '\(key)'"), &evaluation)
        at = end + 1
        guard at == name.endIndex || name[at] == "." || name[at] == "[" else {
          throw TemplateError(.value, "After a ']' a field continues with '.' or '['")
        }
      }
    }
    return value
  }

  private mutating func argument(_ name: String) throws(TemplateError) -> Value {
    let isNumber = !name.isEmpty && name.unicodeScalars.allSatisfy(\.isASCIIDigit)
    var place = isNumber ? Int(name) ?? .max : 0
    if name.isEmpty || isNumber {
      if let numbersByHand, numbersByHand == name.isEmpty {
        throw TemplateError(.value, "A format numbers its fields either all by hand or none")
      }
      numbersByHand = !name.isEmpty
      if name.isEmpty {
        place = nextPlace
        nextPlace += 1
      }
      guard place < arguments.positional.count else { throw TemplateError(.index, "A format has no argument \(place)") }
      return arguments.positional[place]
    }
    guard let value = arguments.keyword(name) else { throw TemplateError(.key, "A format has no argument '\(name)'") }
    return value
  }
}

/// Python's `format(value, spec)`.
func formatValue(_ value: Value, _ spec: String, _ evaluation: inout Evaluation) throws(TemplateError) -> String {
  switch value {
  case .date(let date) where !spec.isEmpty:
    try evaluation.charge(text: spec.utf8.count)
    return DatetimeFormat(spec).strftime(date)
  case .datetime(let time) where !spec.isEmpty:
    try evaluation.charge(text: spec.utf8.count)
    return DatetimeFormat(spec).strftime(time)
  default: break
  }
  let text = try value.text(&evaluation)
  return spec.isEmpty ? text : try FormatSpec(spec).format(value, text, &evaluation)
}

/// `ascii(…)` from what `repr(…)` gives.
func asciiRepresentation(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    if scalar.isASCII {
      result.unicodeScalars.append(scalar)
    } else {
      let digits = String(scalar.value, radix: 16)
      let (mark, width) = scalar.value < 0x100 ? ("\\x", 2) : scalar.value < 0x10000 ? ("\\u", 4) : ("\\U", 8)
      result += mark + String(repeating: "0", count: width - digits.count) + digits
    }
  }
  return result
}
