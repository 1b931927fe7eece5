import BigInt
import Essentials
import Python
import PythonTime

/// Python's format specification: what follows the colon in `'{:>10.2f}'`.
struct FormatSpec {
  var fill: Unicode.Scalar = " "
  var align: Unicode.Scalar?
  var sign: Unicode.Scalar = "-"
  var isAlternate = false
  var isZeroPadded = false
  var width = 0
  var grouping: Unicode.Scalar?
  var precision: Int?
  var type: Unicode.Scalar?

  init() {}

  init(_ text: String) throws(TemplateError) {
    let scalars = Array(text.unicodeScalars)
    var at = 0
    func peek() -> Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }
    func isAlign(_ scalar: Unicode.Scalar) -> Bool { "<>=^".unicodeScalars.contains(scalar) }
    if scalars.count > 1, isAlign(scalars[1]) {
      fill = scalars[0]
      align = scalars[1]
      at = 2
    } else if let first = peek(), isAlign(first) {
      align = first
      at = 1
    }
    if let next = peek(), "+- ".unicodeScalars.contains(next) {
      sign = next
      at += 1
    }
    if peek() == "z" { at += 1 }
    if peek() == "#" {
      isAlternate = true
      at += 1
    }
    if peek() == "0" {
      isZeroPadded = true
      at += 1
      if align == nil {
        align = "="
        fill = "0"
      }
    }
    func number() throws(TemplateError) -> Int? {
      var value: Int?
      while let digit = peek(), digit.isASCIIDigit {
        value = (value ?? 0) * 10 + Int(digit.value - 48)
        if value ?? 0 > 1 << 31 { throw TemplateError(.value, "A format has too many digits") }
        at += 1
      }
      return value
    }
    width = try number() ?? 0
    if let next = peek(), next == "," || next == "_" {
      grouping = next
      at += 1
    }
    if peek() == "." {
      at += 1
      guard let digits = try number() else { throw TemplateError(.value, "A format lacks its precision") }
      precision = digits
    }
    if let last = peek() {
      type = last
      at += 1
    }
    guard at == scalars.count else { throw TemplateError(.value, "'\(text)' is not a format") }
  }

  /// The text of `value` in this format.
  func format(_ value: Value, _ text: String, _ evaluation: inout Evaluation) throws(TemplateError) -> String {
    if grouping != nil, width > 10_000 { throw TemplateError(.limit, "A format with groups is too wide") }
    try evaluation.charge(text: max(width, precision ?? 0))
    try evaluation.charge(text: text.utf8.count)
    if let number = value.number {
      try evaluation.charge(bits: value.bits, by: value.bits)
      return try format(number)
    }
    guard value.text != nil else {
      throw TemplateError(.type, "A value of type \(value.typeName) does not support a format")
    }
    guard type == nil || type == "s" else { throw TemplateError(.value, "A text does not support this format") }
    if sign != "-" || align == "=" && !isZeroPadded { throw TemplateError(.value, "The format of a text cannot have a sign") }
    if grouping != nil { throw TemplateError(.value, "The format of a text cannot have grouping") }
    if isAlternate { throw TemplateError(.value, "The format of a text cannot have an alternate form") }
    let kept = precision.map { String(text.unicodeScalars.prefix($0)) } ?? text
    return pad(kept, align == "=" ? "<" : align ?? "<")
  }

  private func pad(_ text: String, _ align: Unicode.Scalar) -> String {
    let missing = width - text.unicodeScalars.count
    guard missing > 0 else { return text }
    let left = align == ">" ? missing : align == "^" ? missing / 2 : 0
    let filler = String(fill)
    return String(repeating: filler, count: left) + text + String(repeating: filler, count: missing - left)
  }

  private func format(_ number: Number) throws(TemplateError) -> String {
    switch type {
    case nil where number.big != nil, "d", "n", "b", "o", "x", "X", "c":
      guard let big = number.big else {
        if type == "n" { return signed(try floatDigits(number.double), isNegative: number.double.sign == .minus) }
        throw TemplateError(.value, "A float does not support this format")
      }
      if precision != nil { throw TemplateError(.value, "The format of an integer cannot have a precision") }
      return try format(big)
    case nil, "e", "E", "f", "F", "g", "G", "%":
      let double = number.double
      if double.isInfinite, number.big != nil { throw TemplateError(.overflow, "An integer is too large for a float") }
      return signed(try floatDigits(double), isNegative: double.sign == .minus && !double.isNaN)
    default: throw TemplateError(.value, "A number does not support this format")
    }
  }

  private func format(_ big: BigInt) throws(TemplateError) -> String {
    let magnitude = big.magnitude
    var digits: String
    var prefix = ""
    switch type {
    case "b":
      digits = String(magnitude, radix: 2)
      prefix = "0b"
    case "o":
      digits = String(magnitude, radix: 8)
      prefix = "0o"
    case "x", "X":
      digits = String(magnitude, radix: 16, uppercase: type == "X")
      prefix = type == "X" ? "0X" : "0x"
    case "c":
      guard let code = UInt32(exactly: big), let scalar = Unicode.Scalar(code) else {
        throw TemplateError(.overflow, "There is no character with this number")
      }
      return pad(String(scalar), align ?? "<")
    default:
      guard magnitude.bitWidth <= Limits.integerDigits * 4 else {
        throw TemplateError(.value, "An integer has more than \(Limits.integerDigits) digits")
      }
      digits = String(magnitude)
    }
    if grouping == ",", type == "b" || type == "o" || type == "x" || type == "X" {
      throw TemplateError(.value, "The format groups with '_' only")
    }
    let size = type == nil || type == "d" ? 3 : 4
    return signed(digits, isNegative: big < 0, prefix: isAlternate ? prefix : "", groupSize: size)
  }

  /// The digits of a float without its sign.
  private func floatDigits(_ double: Double) throws(TemplateError) -> String {
    let magnitude = double.magnitude
    let isUpper = type == "E" || type == "F" || type == "G"
    if !double.isFinite {
      let name = double.isNaN ? "nan" : "inf"
      return (isUpper ? name.uppercased() : name) + (type == "%" ? "%" : "")
    }
    if let precision, precision > 100_000 { throw TemplateError(.limit, "A float's format has too many digits") }
    switch type {
    case nil:
      guard let precision else { return PythonRepr.of(magnitude) }
      var text = general(magnitude, max(1, precision), keepsPoint: true)
      if !text.contains("."), !text.contains("e") { text += ".0" }
      return text
    case "f", "F": return magnitude.fixed(precision ?? 6) + (isAlternate && precision == 0 ? "." : "")
    case "e", "E":
      let text = magnitude.scientific(precision ?? 6, keepsPoint: isAlternate)
      return isUpper ? text.uppercased() : text
    case "%": return (magnitude * 100).fixed(precision ?? 6) + "%"
    default:
      let text = magnitude.general(max(1, precision ?? 6), keepsZeros: isAlternate)
      return isUpper ? text.uppercased() : text
    }
  }

  // Without a type, an exponent begins one digit earlier than with 'g'.
  private func general(_ magnitude: Double, _ precision: Int, keepsPoint: Bool) -> String {
    let scientific = magnitude.scientific(precision - 1)
    let exponent = scientific.firstIndex(of: "e").flatMap { Int(scientific[scientific.index(after: $0)...]) } ?? 0
    if exponent == precision - 1, magnitude != 0 {
      let text = magnitude.general(precision)
      guard text.contains("e") || precision == 1 || !text.contains(".") else { return text }
      var mantissa = String(scientific.prefix { $0 != "e" })
      if mantissa.contains(".") {
        while mantissa.hasSuffix("0") { mantissa.removeLast() }
        if mantissa.hasSuffix(".") { mantissa.removeLast() }
      }
      return mantissa + scientific[(scientific.firstIndex(of: "e") ?? scientific.endIndex)...]
    }
    return magnitude.general(precision)
  }

  /// Puts sign, prefix, groups and padding around digits.
  func signed(_ digits: String, isNegative: Bool, prefix: String = "", groupSize: Int = 3) -> String {
    let mark = isNegative ? "-" : sign == "+" ? "+" : sign == " " ? " " : ""
    let head = mark + prefix
    let align = self.align ?? ">"
    guard let grouping else {
      let body = digits
      guard align == "=" else { return pad(head + body, align) }
      let missing = width - head.unicodeScalars.count - body.unicodeScalars.count
      return head + String(repeating: String(fill), count: max(0, missing)) + body
    }
    let wholeEnd = digits.firstIndex { !($0.isHexDigit) || $0 == "." } ?? digits.endIndex
    let isDecimal = groupSize == 3
    let end = isDecimal ? digits.firstIndex { !$0.isNumber } ?? digits.endIndex : wholeEnd
    var whole = Array(digits[..<end])
    let rest = String(digits[end...])
    func grouped(_ characters: [Character]) -> String {
      var text = ""
      for (index, character) in characters.enumerated() {
        if index > 0, (characters.count - index) % groupSize == 0 { text.unicodeScalars.append(grouping) }
        text.append(character)
      }
      return text
    }
    if align == "=", fill == "0" {
      // Zeros and their separators fill the width; a group never begins with its separator.
      let wanted = width - head.count - rest.count
      let places = (wanted * groupSize + groupSize + 1) / (groupSize + 1)
      if places > whole.count { whole.insert(contentsOf: [Character](repeating: "0", count: places - whole.count), at: 0) }
      return head + grouped(whole) + rest
    }
    let body = grouped(whole) + rest
    guard align == "=" else { return pad(head + body, align) }
    return head + String(repeating: String(fill), count: max(0, width - head.count - body.count)) + body
  }
}
