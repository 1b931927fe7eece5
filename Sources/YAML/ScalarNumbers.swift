import Python

/// The values of numbers as PyYAML's `SafeLoader` computes them from their text, through Python's `int()` and `float()`.
enum ScalarNumbers {
  /// A text that is not a number, or one that Python refuses; the sentence says why.
  struct Refusal: Error { let message: YAMLWords }

  /// No number that means anything is written with more bytes.
  private static let maximumBytes = 100_000

  static func int(_ text: String) throws(Refusal) -> YAMLNode.Content {
    guard text.utf8.count <= maximumBytes else { throw tooLong }
    let refusal = Refusal(message: "\(quoting: quoted(text)) is not an integer")
    // YAML leaves out underscores wherever they are, so that Python's rule on them never applies.
    var digits = Substring(text.filter { $0 != "_" })
    let isNegative = digits.first == "-"
    if isNegative || digits.first == "+" { digits.removeFirst() }
    guard let first = digits.first else { throw refusal }
    if digits.hasPrefix("0b") { return try read(digits.dropFirst(2), base: 2, refusal).content(negated: isNegative) }
    if digits.hasPrefix("0x") { return try read(digits.dropFirst(2), base: 16, refusal).content(negated: isNegative) }
    if first == "0", digits.utf8.count > 1 { return try read(digits, base: 8, refusal).content(negated: isNegative) }
    guard digits.contains(":") else { return try read(digits, base: 10, refusal).content(negated: isNegative) }
    let parts = digits.split(separator: ":", omittingEmptySubsequences: false)
    var number = try read(parts[0], base: 10, refusal)
    for part in parts.dropFirst() {
      guard let value = PythonNumberText.integer(String(part))?.int, value >= 0 else { throw refusal }
      guard number.magnitude.multiply(by: 60, adding: 0), number.magnitude.add(value) else { throw tooLong }
    }
    return number.content(negated: isNegative)
  }

  static func float(_ text: String) throws(Refusal) -> Double {
    guard text.utf8.count <= maximumBytes else {
      throw Refusal(message: "a number of more than \(maximumBytes) characters is not supported")
    }
    let refusal = Refusal(message: "\(quoting: quoted(text)) is not a number")
    var digits = Substring(text.filter { $0 != "_" }.lowercased())
    let isNegative = digits.first == "-"
    if isNegative || digits.first == "+" { digits.removeFirst() }
    var value = 0.0
    switch digits {
    case "": throw refusal
    case ".inf": value = .infinity
    // The sign of a NaN is never seen.
    case ".nan": return .nan
    default:
      if digits.contains(":") {
        // From the last part, as floating-point sums depend on the order.
        var base = 1.0
        for part in digits.split(separator: ":", omittingEmptySubsequences: false).reversed() {
          guard let number = PythonNumberText.float(String(part)) else { throw refusal }
          value += number * base
          base *= 60
        }
      } else {
        guard let number = PythonNumberText.float(String(digits)) else { throw refusal }
        value = number
      }
    }
    return isNegative ? -value : value
  }

  /// What Python's `int(text, base)` reads. It takes the prefix of its base, so an explicit `!!int 0o17` is an octal number.
  private static func read(_ text: Substring, base: Int, _ refusal: Refusal) throws(Refusal) -> Integer {
    switch PythonNumberText.integer(String(text), base: base) {
    case .int(let int): return Integer(isNegative: int < 0, magnitude: Magnitude(int.magnitude))
    case .large(let isNegative, let digits, let base):
      var magnitude = Magnitude()
      for digit in digits {
        guard let value = digit.hexDigitValue, magnitude.multiply(by: UInt32(base), adding: UInt32(value)) else { throw tooLong }
      }
      return Integer(isNegative: isNegative, magnitude: magnitude)
    case nil: throw text.utf8.count > PythonNumberText.maximumDigits ? tooLong : refusal
    }
  }

  private struct Integer {
    let isNegative: Bool
    var magnitude: Magnitude

    func content(negated: Bool) -> YAMLNode.Content { magnitude.content(isNegative: isNegative != negated) }
  }

  private static let tooLong = Refusal(
    message: "an integer of more than \(PythonNumberText.maximumDigits) digits is not supported")

  /// A text in quotes for a sentence, on one line; of one that is longer than one reads, the length alone.
  ///
  /// It is not cut: it may hold a secret that a config filled in, which must be recognised in the sentence.
  static func quoted(_ text: String) -> String {
    let line = text.replacing("\n", with: "\\n")
    return line.count > 60 ? "a text of \(line.count) characters" : "'\(line)'"
  }
}

/// A non-negative integer of any size up to Python's limit of digits.
struct Magnitude {
  /// Limbs of 32 bits, the lowest first.
  private var limbs: [UInt32] = []
  /// 4,300 decimal digits need 14,285 bits.
  private static let maximumLimbs = 447

  init(_ value: UInt = 0) {
    if value > 0 { limbs = [UInt32(truncatingIfNeeded: value)] }
    if value >> 32 > 0 { limbs.append(UInt32(value >> 32)) }
  }

  /// Whether the product still fits.
  mutating func multiply(by factor: UInt32, adding addend: UInt32) -> Bool {
    var carry = UInt64(addend)
    for index in limbs.indices {
      carry += UInt64(limbs[index]) * UInt64(factor)
      limbs[index] = UInt32(truncatingIfNeeded: carry)
      carry >>= 32
    }
    if carry > 0 { limbs.append(UInt32(carry)) }
    return limbs.count <= Self.maximumLimbs
  }

  /// Whether the sum still fits; `value` is not negative.
  mutating func add(_ value: Int) -> Bool {
    var carry = UInt64(value)
    var index = 0
    while carry > 0 {
      if index == limbs.count { limbs.append(0) }
      let sum = UInt64(limbs[index]) + carry & 0xFFFF_FFFF
      limbs[index] = UInt32(truncatingIfNeeded: sum)
      carry = carry >> 32 + sum >> 32
      index += 1
    }
    return limbs.count <= Self.maximumLimbs
  }

  func content(isNegative: Bool) -> YAMLNode.Content {
    if limbs.count <= 2 {
      let low = UInt64(limbs.first ?? 0) | (limbs.count > 1 ? UInt64(limbs[1]) << 32 : 0)
      if !isNegative, let value = Int(exactly: low) { return .int(value) }
      if isNegative, low <= UInt64(Int.max) + 1 { return .int(low > UInt64(Int.max) ? .min : -Int(low)) }
    }
    return .bigInt((isNegative ? "-" : "") + decimalDigits)
  }

  private var decimalDigits: String {
    var rest = limbs
    var groups: [UInt32] = []
    while !rest.isEmpty {
      var remainder: UInt64 = 0
      for index in rest.indices.reversed() {
        let value = remainder << 32 | UInt64(rest[index])
        rest[index] = UInt32(value / 1_000_000_000)
        remainder = value % 1_000_000_000
      }
      groups.append(UInt32(remainder))
      while rest.last == 0 { rest.removeLast() }
    }
    guard let highest = groups.popLast() else { return "0" }
    return groups.reversed().reduce(into: String(highest)) { digits, group in
      let text = String(group)
      digits += String(repeating: "0", count: 9 - text.count) + text
    }
  }
}
