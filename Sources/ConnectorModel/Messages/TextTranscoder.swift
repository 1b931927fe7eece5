import AirbyteProtocol
import Essentials
import JSON

/// Brings text of any encoding into UTF-8, part by part.
///
/// Encodings have the names that Python knows. The common ones need nothing of the system, the others its `iconv`.
package final class TextTranscoder {
  private enum Kind {
    case utf8
    case ascii
    case latin1
    case windows1252
    case iconv(IconvConverter)
  }

  private let kind: Kind
  private let name: String
  private let replacesInvalid: Bool
  /// The beginning of a character whose end is still to come.
  private var pending: [UInt8] = []

  /// - Parameter replacesInvalid: whether what is not a character becomes U+FFFD instead of an error.
  /// - Throws: ``ConnectorError`` if there is no such encoding.
  package init(encoding name: String, replacesInvalid: Bool = false) throws(ConnectorError) {
    guard let kind = Self.kind(of: name) else { throw ConnectorError(.system, "There is no encoding called `\(name)`") }
    self.kind = kind
    self.name = name
    self.replacesInvalid = replacesInvalid
  }

  private static func kind(of name: String) -> Kind? {
    if TextEncoding.isUTF8(name) { return .utf8 }
    switch TextEncoding.plain(name) {
    case "ascii", "us-ascii", "646": return .ascii
    case "latin-1", "latin1", "latin", "l1", "8859", "cp819", "iso-8859-1", "iso8859-1", "iso8859": return .latin1
    case "cp1252", "1252", "windows-1252": return .windows1252
    case let given:
      // What is not a name might be an instruction to `iconv`.
      guard given.utf8.count <= 64, given.utf8.allSatisfy(isNameByte) else { return nil }
      // Python's name for what iconv knows as Macintosh.
      let other = ["mac-roman", "macroman"].contains(given) ? "macintosh" : given
      let candidates = [other, other.replacing("iso8859", with: "iso-8859"), other.replacing("-", with: "")]
      return candidates.lazy.compactMap(IconvConverter.init).first.map { .iconv($0) }
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "+")
    }
  }

  /// Whether there is an encoding of that name.
  package static func knows(_ name: String) -> Bool { kind(of: name) != nil }

  /// Whether the characters of ASCII are the same bytes in an encoding, and no bytes of ASCII mean anything else.
  static func extendsASCII(_ name: String) -> Bool {
    let sample = JSONBytes("A0 {\"a\": [1, 'b']} <c>+AGE-</c>;\u{1B}$B")
    return TextEncoding.transcoded(sample, from: name)?.array == sample.array
  }

  /// Appends what `bytes` mean; the beginning of an incomplete character is kept.
  package func transcode(_ bytes: UnsafeRawBufferPointer, to out: inout ByteBuffer) throws(ConnectorError) {
    switch kind {
    case .utf8:
      let whole = pending + bytes
      let complete = whole.count - Self.incompleteTail(whole)
      pending = Array(whole[complete...])
      whole[..<complete].withUnsafeBytes { out.append($0) }
    case .ascii, .latin1, .windows1252:
      for byte in bytes { try append(byte, to: &out) }
    case .iconv(let converter):
      let whole = pending + bytes
      var from = 0
      while from < whole.count {
        switch whole[from...].withUnsafeBytes({ converter.convert($0, to: &out) }) {
        case .all(let count):
          pending = Array(whole[min(from + count, whole.count)...])
          return
        case .invalid(let place):
          guard replacesInvalid else { throw invalid() }
          out.append("\u{FFFD}")
          from += place + 1
        }
      }
      pending.removeAll()
    }
  }

  /// - Throws: ``ConnectorError`` if the text ended within a character.
  package func finish(to out: inout ByteBuffer) throws(ConnectorError) {
    guard !pending.isEmpty else { return }
    guard replacesInvalid else { throw invalid() }
    out.append("\u{FFFD}")
  }

  private func append(_ byte: UInt8, to out: inout ByteBuffer) throws(ConnectorError) {
    if byte < 0x80 { return out.append(byte) }
    switch kind {
    case .latin1:
      out.append(0xC0 | byte >> 6)
      out.append(0x80 | byte & 0x3F)
    case .windows1252:
      guard byte < 0xA0 else {
        out.append(0xC0 | byte >> 6)
        out.append(0x80 | byte & 0x3F)
        return
      }
      let scalar = Self.windows1252[Int(byte) - 0x80]
      if scalar == "\u{FFFD}", !replacesInvalid { throw invalid() }
      out.append(String(scalar))
    default:
      guard replacesInvalid else { throw invalid() }
      out.append("\u{FFFD}")
    }
  }

  private func invalid() -> ConnectorError {
    ConnectorError(.system, "The response is not valid text in the encoding `\(name)`")
  }

  /// The number of bytes at the end that begin a character which is not complete.
  private static func incompleteTail(_ bytes: [UInt8]) -> Int {
    for back in 1...3 where back <= bytes.count {
      let byte = bytes[bytes.count - back]
      if byte & 0xC0 == 0x80 { continue }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return length > back ? back : 0
    }
    return 0
  }

  /// The characters 0x80 to 0x9F of Windows-1252; U+FFFD if there is none.
  private static let windows1252: [UnicodeScalar] = Array(
    ("\u{20AC}\u{FFFD}\u{201A}\u{0192}\u{201E}\u{2026}\u{2020}\u{2021}\u{02C6}\u{2030}\u{0160}\u{2039}\u{0152}\u{FFFD}\u{017D}"
      + "\u{FFFD}\u{FFFD}\u{2018}\u{2019}\u{201C}\u{201D}\u{2022}\u{2013}\u{2014}\u{02DC}\u{2122}\u{0161}\u{203A}\u{0153}\u{FFFD}"
      + "\u{017E}\u{0178}").unicodeScalars)
}

/// The system's converter of encodings.
///
/// It is used through a descriptor that this class alone holds and closes.
private final class IconvConverter {
  enum Result {
    /// So many bytes were converted; what is left begins a character.
    case all(Int)
    /// At this place there is no character.
    case invalid(Int)
  }

  private let descriptor: iconv_t
  private var piece = [CChar](repeating: 0, count: 16 * 1024)

  init?(_ name: String) {
    guard let opened = iconv_open("UTF-8", name), Int(bitPattern: opened) != -1 else { return nil }
    descriptor = opened
  }

  deinit { iconv_close(descriptor) }

  func convert(_ input: UnsafeRawBufferPointer, to out: inout ByteBuffer) -> Result {
    // `iconv` does not write to its input, though its signature would allow it.
    var source = input.baseAddress.map { UnsafeMutablePointer(mutating: $0.assumingMemoryBound(to: CChar.self)) }
    var left = input.count
    while left > 0 {
      let room = piece.count
      let (status, reason, written) = piece.withUnsafeMutableBufferPointer { buffer in
        var target = buffer.baseAddress
        var free = room
        let status = iconv(descriptor, &source, &left, &target, &free)
        return (status, errno, room - free)
      }
      piece.withUnsafeBytes { out.append(UnsafeRawBufferPointer(rebasing: $0[..<written])) }
      guard status == Int.max || status == -1 || Int(bitPattern: UInt(bitPattern: status)) == -1 else { continue }
      switch reason {
      case E2BIG: continue
      case EINVAL: return .all(input.count - left)
      default: return .invalid(input.count - left)
      }
    }
    return .all(input.count)
  }
}
