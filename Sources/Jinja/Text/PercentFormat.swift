import BigInt

/// Python's `format % values`.
func percentFormat(
  _ format: String, _ values: Value, isMarkup: Bool = false, _ evaluation: inout Evaluation
) throws(TemplateError) -> String {
  try evaluation.charge(text: format.utf8.count)
  var formatter = PercentFormatter(Array(format.unicodeScalars), values, isMarkup: isMarkup)
  return try formatter.run(&evaluation)
}

private struct PercentFormatter {
  private let source: [Unicode.Scalar]
  private let values: Value
  private let isMarkup: Bool
  private let positional: [Value]
  private var at = 0
  private var used = 0
  private var usesNames = false

  init(_ source: [Unicode.Scalar], _ values: Value, isMarkup: Bool) {
    self.source = source
    self.values = values
    self.isMarkup = isMarkup
    if case .tuple(let tuple) = values { positional = tuple.items } else { positional = [values] }
  }

  mutating func run(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    var result = ""
    while at < source.count {
      let current = source[at]
      at += 1
      if current == "%" {
        let text = try conversion(&evaluation)
        try evaluation.charge(text: result.utf8.count + text.utf8.count, adding: text.utf8.count)
        result += text
      } else {
        result.unicodeScalars.append(current)
      }
    }
    // A mapping may hold more than the format asks for, and so may a list or an object alone.
    if !usesNames, used < positional.count, !toleratesRest {
      throw TemplateError(.type, "A format does not use all its arguments")
    }
    return result
  }

  private var toleratesRest: Bool {
    if case .tuple = values { return false }
    return values.isMapping || values.isList || values.isUndefined || isObject
  }

  // What has members by keys counts as a mapping here.
  private var isObject: Bool {
    if case .bytes = values { return true }
    return false
  }

  private mutating func next() throws(TemplateError) -> Value {
    guard used < positional.count, !usesNames || used == 0 else {
      throw TemplateError(.type, "A format has too few arguments")
    }
    used += 1
    return positional[used - 1]
  }

  private mutating func conversion(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    var spec = FormatSpec()
    var value: Value?
    if peek == "(" { value = try named(&evaluation) }
    var isLeft = false
    flags: while let flag = peek {
      switch flag {
      case "-": isLeft = true
      case "+": spec.sign = "+"
      case " ": if spec.sign != "+" { spec.sign = " " }
      case "#": spec.isAlternate = true
      case "0": spec.isZeroPadded = true
      default: break flags
      }
      at += 1
    }
    if let width = try number() {
      spec.width = Int(clamping: width.magnitude)
      if width < 0 { isLeft = true }
    }
    if peek == "." {
      at += 1
      spec.precision = max(0, try number() ?? 0)
    }
    while let length = peek, length == "h" || length == "l" || length == "L" { at += 1 }
    guard let type = peek else { throw TemplateError(.value, "A format is not complete") }
    at += 1
    if type == "%" { return "%" }
    guard "diuoxXeEfFgGcrsa".unicodeScalars.contains(type) else {
      throw TemplateError(.value, "A format has no conversion '\(type)'")
    }
    let argument: Value
    if let value { argument = value } else { argument = try next() }
    try evaluation.charge(text: max(spec.width, spec.precision ?? 0))
    spec.align = isLeft ? "<" : spec.isZeroPadded ? "=" : ">"
    spec.fill = spec.isZeroPadded && !isLeft ? "0" : " "
    return try convert(argument, type, spec, &evaluation)
  }

  private var peek: Unicode.Scalar? { at < source.count ? source[at] : nil }

  private mutating func named(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    var open = 0
    let start = at + 1
    while at < source.count {
      if source[at] == "(" { open += 1 }
      if source[at] == ")" {
        open -= 1
        if open == 0 { break }
      }
      at += 1
    }
    guard at < source.count else { throw TemplateError(.value, "A format's name is not closed") }
    let name = String(source[start..<at])
    at += 1
    usesNames = true
    guard values.isMapping else {
      if case .undefined(let reason) = values { throw reason.error }
      throw TemplateError(.type, "A format with names expects a mapping")
    }
    guard let value = try values.mappingItem(.string(name), &evaluation) else {
      throw TemplateError(.key, "A format has no argument '\(name)'")
    }
    return value
  }

  private mutating func number() throws(TemplateError) -> Int? {
    if peek == "*" {
      at += 1
      guard let value = try next().int else { throw TemplateError(.type, "'*' in a format expects an integer") }
      return value
    }
    var value: Int?
    while let digit = peek, digit.isASCIIDigit {
      value = (value ?? 0) * 10 + Int(digit.value - 48)
      if value ?? 0 > 1 << 31 { throw TemplateError(.value, "A format is too wide") }
      at += 1
    }
    return value
  }

  private func convert(
    _ value: Value, _ type: Unicode.Scalar, _ spec: FormatSpec, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> String {
    var spec = spec
    switch type {
    case "s", "r", "a":
      var text = type == "s" ? try value.text(&evaluation) : try value.representation(&evaluation)
      // As long as it is, a part of it may be all that is asked for.
      try evaluation.charge(looking: text.utf8.count)
      if type == "a" { text = asciiRepresentation(text) }
      if isMarkup { text = type == "s" ? try value.escaped(&evaluation) : escapeHTML(text) }
      if let precision = spec.precision { text = String(text.unicodeScalars.prefix(precision)) }
      spec.fill = " "
      return padded(text, spec)
    case "c":
      if let text = value.text {
        guard text.unicodeScalars.count == 1 else { throw TemplateError(.type, "'%c' expects one character") }
        return padded(text, spec)
      }
      guard let code = value.int else { throw TemplateError(.type, "'%c' expects a character or its number") }
      guard let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init) else {
        throw TemplateError(.overflow, "There is no character with this number")
      }
      spec.fill = " "
      return padded(String(scalar), spec)
    case "d", "i", "u", "o", "x", "X":
      try evaluation.charge(bits: value.bits, by: value.bits)
      return try integer(value, type, spec)
    default:
      if case .undefined(let reason) = value { throw reason.error }
      guard let number = value.number else { throw TemplateError(.type, "'%\(type)' expects a number") }
      if number.double.isInfinite, number.big != nil { throw TemplateError(.overflow, "An integer is too large for a float") }
      spec.type = type
      if !number.double.isFinite { spec.fill = " "; if spec.align == "=" { spec.align = ">" } }
      return try spec.format(.float(number.double), "", &evaluation)
    }
  }

  private func integer(_ value: Value, _ type: Unicode.Scalar, _ spec: FormatSpec) throws(TemplateError) -> String {
    if case .undefined(let reason) = value, type == "d" || type == "i" || type == "u" { throw reason.error }
    guard let number = value.number, type == "d" || type == "i" || type == "u" || number.big != nil else {
      throw TemplateError(.type, "'%\(type)' expects an integer")
    }
    guard number.double.isFinite || number.big != nil else {
      throw TemplateError(number.double.isNaN ? .value : .overflow, "The number has no integer")
    }
    let big = number.big ?? BigInt(number.double.rounded(.towardZero))
    guard big.bitWidth <= Limits.integerDigits * 4 else {
      throw TemplateError(.value, "An integer has more than \(Limits.integerDigits) digits")
    }
    let radix = type == "o" ? 8 : type == "x" || type == "X" ? 16 : 10
    var digits = String(big.magnitude, radix: radix, uppercase: type == "X")
    if let precision = spec.precision, digits.utf8.count < precision {
      digits = String(repeating: "0", count: precision - digits.utf8.count) + digits
    }
    let prefix = spec.isAlternate ? ["o": "0o", "x": "0x", "X": "0X"][String(type)] ?? "" : ""
    return spec.signed(digits, isNegative: big < 0, prefix: prefix)
  }

  private func padded(_ text: String, _ spec: FormatSpec) -> String {
    let missing = spec.width - text.unicodeScalars.count
    guard missing > 0 else { return text }
    let space = String(repeating: " ", count: missing)
    return spec.align == "<" ? text + space : space + text
  }
}
