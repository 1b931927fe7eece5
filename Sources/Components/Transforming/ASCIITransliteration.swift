import Bytes

/// Writes text in ASCII, character by character as the reference does with anyascii.
enum ASCIITransliteration {
  private static let table = Table(CarriedTable.ascii.bytes)

  static func ascii(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    var result: [UInt8] = []
    for scalar in text.unicodeScalars {
      if scalar.isASCII { result.append(UInt8(scalar.value)) } else { result += table[scalar] }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// A line for each character from U+0080 on, surrogates left out.
  private struct Table: Sendable {
    private static let page = 256
    private let lines: [UInt8]
    /// Where the first line of each page of 256 begins.
    private let pages: [Int]

    init(_ lines: [UInt8]) {
      self.lines = lines
      var pages = [0]
      var count = 0
      for (index, byte) in lines.enumerated() where byte == UInt8(ascii: "\n") {
        count += 1
        if count % Self.page == 0 { pages.append(index + 1) }
      }
      self.pages = pages
    }

    /// How a character is written; nothing for one that is not known.
    subscript(scalar: Unicode.Scalar) -> ArraySlice<UInt8> {
      let number = Int(scalar.value) - 0x80 - (scalar.value >= 0xE000 ? 0x800 : 0)
      guard number >= 0, number / Self.page < pages.count else { return [] }
      var rest = lines[pages[number / Self.page]...]
      for _ in 0..<(number % Self.page) {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return [] }
        rest = rest[(end + 1)...]
      }
      return rest.prefix { $0 != UInt8(ascii: "\n") }
    }
  }
}
