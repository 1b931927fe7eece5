import Essentials
import Secrets

/// Quoting by percent signs, by the rules of Python's requests and urllib.
package enum PercentEncoding {
  /// The characters that a part of a URL may hold as they are.
  package struct Part: Sendable {
    fileprivate let table: [Bool]

    fileprivate init(_ characters: String) {
      var table = [Bool](repeating: false, count: 256)
      for byte in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~".utf8 { table[Int(byte)] = true }
      for byte in characters.utf8 { table[Int(byte)] = true }
      self.table = table
    }

    static let unreserved = Part("")
    /// A whole URL.
    package static let uri = Part("!#$&'()*+,/:;=?@[]")
    /// RFC 3986 §3.3 and §3.4.
    package static let path = Part("!$&'()*+,;=:@/")
    package static let query = Part("!$&'()*+,;=:@/?")
  }

  /// Python's `quote_plus`.
  package static func quotePlus(_ text: String) -> String {
    let table = Part.unreserved.table
    if text.utf8.allSatisfy({ table[Int($0)] }) { return text }
    return encoded(text.utf8, keeping: table).replacing("%20", with: "+")
  }

  /// The decoded name or value of a field in a query; what cannot be decoded stays as it is.
  package static func decoded(field text: some StringProtocol) -> String {
    let plain = String(text).replacing("+", with: " ")
    return plain.utf8.contains(UInt8(ascii: "%")) ? decoded(plain) ?? plain : plain
  }

  /// `text` with its escapes undone; nil if the result is not UTF-8, or a percent sign begins no escape.
  package static func decoded(_ text: some StringProtocol) -> String? { text.withoutPercentEscapes }

  /// A part of a URL with everything quoted that must be, what is quoted already left so, and unreserved characters plain.
  package static func requoted(_ text: some StringProtocol, as part: Part) -> String {
    var table = part.table
    if text.utf8.allSatisfy({ table[Int($0)] }) { return String(text) }
    let bytes = Array(text.utf8)
    let isQuoted = bytes.indices.allSatisfy { bytes[$0] != UInt8(ascii: "%") || escape(in: bytes, at: $0) != nil }
    // A stray percent sign means that nothing was quoted yet.
    guard isQuoted else { return encoded(bytes, keeping: table) }
    table[Int(UInt8(ascii: "%"))] = true
    return encoded(unquotingUnreserved(bytes), keeping: table)
  }

  /// Escapes of unreserved characters undone, the others with capital digits.
  private static func unquotingUnreserved(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if let value = escape(in: bytes, at: index) {
        let isUnreserved = Part.unreserved.table[Int(value)]
        result += isUnreserved ? [value] : [bytes[index], bytes[index + 1].capital, bytes[index + 2].capital]
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }

  /// The byte that the escape at `index` means.
  private static func escape(in bytes: [UInt8], at index: Int) -> UInt8? {
    guard bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = bytes[index + 1].hexDigit,
      let low = bytes[index + 2].hexDigit
    else { return nil }
    return high << 4 | low
  }

  private static func encoded(_ bytes: some Sequence<UInt8>, keeping table: [Bool]) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in bytes {
      if table[Int(byte)] {
        result.append(byte)
      } else {
        result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

extension UInt8 {
  fileprivate var capital: UInt8 { (0x61...0x7A).contains(self) ? self - 0x20 : self }
}
