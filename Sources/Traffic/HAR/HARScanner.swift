/// Finds the elements of `log.entries` in a HAR file, piece by piece: nothing of the file is kept.
struct HARScanner {
  /// Where the scanner is among the brackets.
  private enum Place { case outside, log, entries }

  private var place = Place.outside
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  /// The last text of the object that the scanner is in, as long as it may be one of the keys that matter.
  private var lastText: [UInt8] = []
  private var key: [UInt8] = []
  private var entryStart = 0
  /// How many bytes were looked at.
  private(set) var position = 0
  /// Where the list of entries begins and ends, without its brackets.
  private(set) var listStart: Int?
  private(set) var listEnd: Int?

  /// Looks at the next bytes, and calls `found` with the place of each entry that ends in them.
  mutating func scan(_ bytes: UnsafeRawBufferPointer, _ found: (Range<Int>) -> Void) {
    for byte in bytes {
      defer { position += 1 }
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        if place != .entries, isInString, lastText.count < 16 { lastText.append(byte) }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""):
        isInString = true
        lastText.removeAll(keepingCapacity: true)
      case UInt8(ascii: ":"):
        if place != .entries { key = lastText }
      case UInt8(ascii: "{"), UInt8(ascii: "["): open(byte)
      case UInt8(ascii: "}"), UInt8(ascii: "]"): if let entry = close() { found(entry) }
      default: break
      }
    }
  }

  private mutating func open(_ byte: UInt8) {
    switch place {
    case .outside where depth == 1 && byte == UInt8(ascii: "{") && key.elementsEqual("log".utf8): place = .log
    case .log where depth == 2 && byte == UInt8(ascii: "[") && key.elementsEqual("entries".utf8) && listStart == nil:
      place = .entries
      listStart = position + 1
    case .entries where depth == 3: entryStart = position
    default: break
    }
    depth += 1
  }

  private mutating func close() -> Range<Int>? {
    depth -= 1
    switch place {
    case .entries where depth == 3: return entryStart..<(position + 1)
    case .entries where depth == 2:
      place = .log
      listEnd = position
    case .log where depth == 1: place = .outside
    default: break
    }
    return nil
  }
}
