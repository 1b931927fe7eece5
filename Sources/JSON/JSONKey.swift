import Essentials

/// An object key prepared for look-ups: its UTF-8 bytes and what makes comparing fast, made once when a graph is built.
///
/// Keys are equal when their bytes are, as in Python; Swift's canonical equivalence of strings plays no part.
package struct JSONKey: Sendable, Hashable {
  /// A key word's upper half for an unescaped key of this length; no word has it where the key is too long for one.
  let header: UInt64
  /// The first eight bytes, zeros where there are fewer.
  let first: UInt64
  /// The last eight bytes of a key longer than eight.
  private let last: UInt64
  private let length: Int
  private let texts: Texts

  /// What is seldom used, behind one reference: keys are copied with each change to a record.
  private final class Texts: Sendable {
    let string: String
    let bytes: [UInt8]
    let encoded: [UInt8]

    init(_ string: String, _ bytes: [UInt8], encoded: [UInt8]) {
      self.string = string
      self.bytes = bytes
      self.encoded = encoded
    }
  }

  package var string: String { texts.string }
  var bytes: [UInt8] { texts.bytes }
  /// The key as it is written in output: quoted, escaped, with the colon.
  var encoded: [UInt8] { texts.encoded }

  package init(_ string: String) {
    let bytes = Array(string.utf8)
    length = bytes.count
    let isRepresentable = bytes.count < TapeWord.maximumLength
    header = isRepresentable ? UInt64(bytes.count) | UInt64(JSONKind.string.rawValue) << 24 : .max
    first = JSONKey.word(bytes.prefix(8))
    last = bytes.count > 8 ? JSONKey.word(bytes.suffix(8)) : 0
    var buffer = ByteBuffer(capacity: bytes.count + 3)
    bytes.withUnsafeBufferPointer { StringEscapes.write($0, to: &buffer) }
    buffer.append(UInt8(ascii: ":"))
    texts = Texts(string, bytes, encoded: buffer.array)
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  package static func == (left: JSONKey, right: JSONKey) -> Bool {
    left.first == right.first && left.length == right.length && (left.texts === right.texts || left.bytes == right.bytes)
  }

  package func hash(into hasher: inout Hasher) {
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
  }

  /// Whether the bytes at `place`, known to be as many as the key's, are the key. Eight bytes behind the text are readable.
  @inline(__always)
  func matches(_ place: UnsafePointer<UInt8>) -> Bool {
    let count = length
    let raw = UnsafeRawPointer(place)
    let word = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
    if count < 8 { return word & (1 << (8 &* UInt64(truncatingIfNeeded: count)) &- 1) == first }
    if word != first { return false }
    if count == 8 { return true }
    if UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)) != last { return false }
    return count <= 16 || matchesMiddle(raw)
  }

  @inline(never)
  private func matchesMiddle(_ raw: UnsafeRawPointer) -> Bool {
    bytes.withUnsafeBytes { middle in
      guard let start = middle.baseAddress else { return true }
      return memcmp(raw + 8, start + 8, length &- 16) == 0
    }
  }
}

extension JSONKey: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(value) }
}
