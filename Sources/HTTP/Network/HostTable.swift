import Bytes

/// What Unicode says of characters beyond ASCII in host names (UTS #46, RFC 5892 and 5893).
struct HostTable: Sendable {
  static let all = HostTable(CarriedTable.hosts.bytes)

  enum Kind: Sendable {
    case forbidden
    case ignored
    case mapped(String)
    case valid(Direction, Joining)
  }

  /// Bidirectional classes, in the order of the table.
  enum Direction: UInt8, Sendable {
    case left, right, arabic, arabicNumber, europeanNumber, separator, commonSeparator, terminator, neutral, boundary, mark
  }

  /// How a letter is joined to its neighbours, in the order of the table.
  enum Joining: UInt8, Sendable {
    case none, left, dual, right, transparent
  }

  /// The first character of each run, in rising order, and the run's kind.
  private let starts: [UInt32]
  private let kinds: [Kind]

  fileprivate init(_ table: [UInt8]) {
    var starts: [UInt32] = []
    var kinds: [Kind] = []
    var rest = table[...]
    var start: UInt32 = 0x80
    while !rest.isEmpty {
      var (length, shift) = (UInt32(0), UInt32(0))
      while let byte = rest.popFirst() {
        length |= UInt32(byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 { break }
      }
      starts.append(start)
      switch rest.popFirst() ?? 0 {
      case 0: kinds.append(.forbidden)
      case 1: kinds.append(.ignored)
      case 2:
        let text = rest.prefix { $0 != 0 }
        rest = rest.dropFirst(text.count + 1)
        kinds.append(.mapped(String(decoding: text, as: UTF8.self)))
      case let byte:
        kinds.append(.valid(Direction(rawValue: (byte - 3) >> 3) ?? .neutral, Joining(rawValue: (byte - 3) & 7) ?? .none))
      }
      // Surrogates are not counted.
      let end = start + length
      start = start < 0xD800 && end >= 0xD800 ? end + 0x800 : end
    }
    self.starts = starts
    self.kinds = kinds
  }

  /// What a character is; those of ASCII are valid, but for capital letters.
  subscript(scalar: Unicode.Scalar) -> Kind {
    switch scalar.value {
    case 0x41...0x5A: return .mapped(String(UnicodeScalar(UInt8(scalar.value | 0x20))))
    case 0x61...0x7A: return .valid(.left, .none)
    case 0x30...0x39: return .valid(.europeanNumber, .none)
    case 0x2D: return .valid(.separator, .none)
    case 0..<0x80: return .valid(.neutral, .none)
    default: break
    }
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= scalar.value { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? .forbidden : kinds[low - 1]
  }
}
