/// Tells of decoded bytes, one after the other, whether more may be in them than in what only looked like an encoding: a text of five
/// bytes, as ``EncodedView/forEachText(_:)`` finds it, or UTF-16.
struct DecodedBytes {
  /// How much of a text the last bytes are, and of a character of UTF-8; the last state is that a text was found.
  private var state: UInt8 = 0
  /// The last four bytes, the latest lowest.
  private var recent: UInt32 = .max
  private var hasUTF16 = false

  /// What decoded bytes are worth looking at for.
  enum Notable: Sendable {
    case nothing, texts, everything

    /// For the four places where a group of base64 may begin.
    static let allOfFour = [Notable](repeating: .everything, count: 4)
  }

  var notable: Notable { hasUTF16 ? .everything : state == Self.found ? .texts : .nothing }

  @inline(__always) mutating func append(_ byte: UInt8) {
    state = Self.transitions[Int(state) << 3 | Int(Self.kinds[Int(byte)])]
    recent = recent << 8 | UInt32(byte)
    // ASCII in UTF-16 has a zero between two other bytes, or a byte between two zeros; what cannot be seen may be between two letters.
    if recent & 0xFF00 == 0 || recent & 0xFF == 0 { noteZeros() }
  }

  /// - Parameter group: three bytes, the last one lowest.
  @inline(__always) mutating func append(group: UInt32) {
    append(UInt8(truncatingIfNeeded: group >> 16))
    append(UInt8(truncatingIfNeeded: group >> 8))
    append(UInt8(truncatingIfNeeded: group))
  }

  private mutating func noteZeros() {
    func isASCII(_ byte: UInt32) -> Bool { byte != 0 && byte < 0x80 }
    let (first, second, third) = (recent >> 16 & 0xFF, recent >> 8 & 0xFF, recent & 0xFF)
    if second == 0 ? isASCII(first) || isASCII(third) : first == 0 && isASCII(second) { hasUTF16 = true }
  }

  // MARK: UTF-8

  /// The kinds of bytes: of a text, of none, the next one of a character, and the first one of a character of two, three and four.
  private static let kinds: [UInt8] = (0...255).map { (byte: UInt8) -> UInt8 in
    switch byte {
    case 0x08...0x0D, 0x20...0x7E: 0
    case 0x80...0xBF: 2
    case 0xC2...0xDF: 3
    case 0xE0...0xEF: 4
    case 0xF0...0xF4: 5
    default: 1
    }
  }

  /// What of a character is there, and what is missing.
  private static let open: [(there: Int, missing: Int)] = [(0, 0), (1, 1), (1, 2), (2, 1), (1, 3), (2, 2), (3, 1)]
  private static let length = 5
  private static let found = UInt8(length * open.count)

  private static let transitions: [UInt8] = {
    func state(_ text: Int, _ there: Int = 0, _ missing: Int = 0) -> UInt8 {
      guard text < length else { return found }
      return UInt8(text * open.count + (open.firstIndex { $0 == (there, missing) } ?? 0))
    }
    var table: [UInt8] = []
    for text in 0..<length {
      for (there, missing) in open {
        for kind in 0..<8 {
          // A character that does not go on is none, and ends the text.
          let before = missing > 0 ? 0 : text
          switch kind {
          case 0: table.append(state(before + 1))
          case 2 where missing > 1: table.append(state(text, there + 1, missing - 1))
          case 2 where missing == 1: table.append(state(text + there + 1))
          case 3...5: table.append(state(before, 1, kind - 2))
          default: table.append(state(0))
          }
        }
      }
    }
    return table + [UInt8](repeating: found, count: 8)
  }()
}
