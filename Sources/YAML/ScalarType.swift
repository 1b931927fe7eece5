/// What an untagged plain scalar is, by the implicit resolvers of PyYAML (YAML 1.1 with PyYAML's own deviations).
enum ScalarType {
  case null, bool, int, float, timestamp, string
  /// `<<`, which merges mappings into the one that has it as a key.
  case merge
  /// `=`, which YAML 1.1 reserves for a default value.
  case value

  init(resolving bytes: UnsafeBufferPointer<UInt8>) {
    guard let first = bytes.first else {
      self = .null
      return
    }
    switch first {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      self = Self.number(bytes)
    case UInt8(ascii: "~"): self = bytes.count == 1 ? .null : .string
    case UInt8(ascii: "="): self = bytes.count == 1 ? .value : .string
    case UInt8(ascii: "<"): self = bytes.count == 2 && bytes[1] == first ? .merge : .string
    default: self = bytes.count > 5 ? .string : Self.words[String(decoding: bytes, as: UTF8.self)] ?? .string
    }
  }

  private static let words: [String: ScalarType] = {
    var words: [String: ScalarType] = ["null": .null, "Null": .null, "NULL": .null]
    for word in ["yes", "no", "true", "false", "on", "off"] {
      words[word] = .bool
      words[word.uppercased()] = .bool
      words[word.prefix(1).uppercased() + word.dropFirst()] = .bool
    }
    return words
  }()

  private static func number(_ bytes: UnsafeBufferPointer<UInt8>) -> ScalarType {
    // In this order, as more than one form can begin alike.
    if isFloat(bytes) { return .float }
    if isInt(bytes) { return .int }
    guard bytes[0].isDigit, bytes.count >= 8 else { return .string }
    do {
      _ = try YAMLTimestamp.parse(bytes, implicit: true)
      return .timestamp
    } catch {
      // An impossible date has the form of a timestamp all the same, and is refused when its value is made.
      if case .outOfRange = error { return .timestamp }
      return .string
    }
  }

  private static func isInt(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let digits = bytes[afterSign(bytes)...]
    guard let first = digits.first, first.isDigit else { return false }
    let rest = digits.dropFirst()
    if first == UInt8(ascii: "0") {
      switch rest.first {
      case nil: return true
      case UInt8(ascii: "b"):
        return rest.count > 1 && rest.dropFirst().allSatisfy { $0 == 0x30 || $0 == 0x31 || $0 == underscore }
      case UInt8(ascii: "x"): return rest.count > 1 && rest.dropFirst().allSatisfy { $0.isHexDigit || $0 == underscore }
      default: return rest.allSatisfy { $0 >= 0x30 && $0 <= 0x37 || $0 == underscore }
      }
    }
    guard let end = rest.firstIndex(where: { !isDigitOrUnderscore($0) }) else { return true }
    return endOfSexagesimal(rest[end...]) == rest.endIndex
  }

  private static func isFloat(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = afterSign(bytes)
    let text = bytes[start...]
    guard let first = text.first else { return false }
    if first == UInt8(ascii: ".") {
      let rest = text.dropFirst()
      if start == 0, let second = rest.first, second.isDigit {
        return isExponentOrEnd(rest.drop(while: isDigitOrUnderscore))
      }
      switch String(decoding: rest.prefix(4), as: UTF8.self) {
      case "inf", "Inf", "INF": return true
      case "nan", "NaN", "NAN": return start == 0
      default: return false
      }
    }
    guard first.isDigit, let end = text.firstIndex(where: { !isDigitOrUnderscore($0) }) else { return false }
    if text[end] == UInt8(ascii: ".") {
      return isExponentOrEnd(text[(end + 1)...].drop(while: isDigitOrUnderscore))
    }
    guard let point = endOfSexagesimal(text[end...]), point < text.endIndex, text[point] == UInt8(ascii: ".") else {
      return false
    }
    return text[(point + 1)...].allSatisfy(isDigitOrUnderscore)
  }

  private static let underscore = UInt8(ascii: "_")

  private static func isDigitOrUnderscore(_ byte: UInt8) -> Bool { byte.isDigit || byte == underscore }

  private static func afterSign(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    bytes.first == UInt8(ascii: "+") || bytes.first == UInt8(ascii: "-") ? 1 : 0
  }

  /// Whether nothing follows, or an exponent, whose sign is not optional: `1.5e3` is a string.
  private static func isExponentOrEnd(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    guard let first = bytes.first else { return true }
    guard first | 0x20 == UInt8(ascii: "e") else { return false }
    let rest = bytes.dropFirst()
    guard rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") else { return false }
    return rest.count > 1 && rest.dropFirst().allSatisfy(\.isDigit)
  }

  /// Where the groups `:59` that begin here end; nil if there is none.
  private static func endOfSexagesimal(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    var index = bytes.startIndex
    while index < bytes.endIndex, bytes[index] == UInt8(ascii: ":") {
      let start = index + 1
      let end = bytes[start...].firstIndex { !$0.isDigit } ?? bytes.endIndex
      guard end - start == 1 || end - start == 2 && bytes[start] <= UInt8(ascii: "5") else { return nil }
      index = end
    }
    return index == bytes.startIndex ? nil : index
  }
}

extension UInt8 {
  var isHexDigit: Bool { isDigit || (self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "f")) }
}
