import Essentials

/// How the bytes of a JSON text are read.
package enum JSONTextEncoding: Sendable, Hashable {
  /// UTF-8, strictly: a byte order mark or a malformed sequence is an error. So the reference decodes the pages of an API.
  case utf8
  /// UTF-8, UTF-16 or UTF-32, recognised by a byte order mark or by the zeros among the first four bytes (RFC 4627 §3), surrogates
  /// kept. Python's `json.loads` reads bytes like this, and so does the reference where it calls a response's `json()`.
  case detected

  /// The text as UTF-8 that holds no byte order mark, in which surrogates have become escapes.
  func utf8(_ bytes: JSONBytes) throws(JSONError) -> JSONBytes {
    guard self == .detected else {
      if bytes.count >= 3, bytes.base[0] == 0xEF, bytes.base[1] == 0xBB, bytes.base[2] == 0xBF {
        throw JSONError(message: "the text starts with a byte order mark", offset: 0, line: 1, column: 1)
      }
      return bytes
    }
    let text = bytes.buffer
    func byte(_ index: Int) -> UInt8? { index < text.count ? text[index] : nil }
    switch (byte(0), byte(1), byte(2), byte(3)) {
    case (0, 0, 0xFE, 0xFF): return try JSONTextEncoding.transcode(text.dropFirst(4), width: 4, isBigEndian: true)
    case (0xFF, 0xFE, 0, 0): return try JSONTextEncoding.transcode(text.dropFirst(4), width: 4, isBigEndian: false)
    case (0xFE, 0xFF, _, _): return try JSONTextEncoding.transcode(text.dropFirst(2), width: 2, isBigEndian: true)
    case (0xFF, 0xFE, _, _): return try JSONTextEncoding.transcode(text.dropFirst(2), width: 2, isBigEndian: false)
    case (0xEF, 0xBB, 0xBF, _):
      let rest = text.dropFirst(3)
      return JSONTextEncoding.withoutSurrogates(rest) ?? JSONBytes(Array(rest))
    case (0, 0, .some, .some): return try JSONTextEncoding.transcode(text[...], width: 4, isBigEndian: true)
    case (0, .some, .some, .some), (0, .some, nil, nil):
      return try JSONTextEncoding.transcode(text[...], width: 2, isBigEndian: true)
    case (.some, 0, 0, 0): return try JSONTextEncoding.transcode(text[...], width: 4, isBigEndian: false)
    case (.some, 0, .some, .some), (.some, 0, nil, nil):
      return try JSONTextEncoding.transcode(text[...], width: 2, isBigEndian: false)
    default: return JSONTextEncoding.withoutSurrogates(text[...]) ?? bytes
    }
  }

  private typealias Text = Slice<UnsafeBufferPointer<UInt8>>

  private static func transcode(_ text: Text, width: Int, isBigEndian: Bool) throws(JSONError) -> JSONBytes {
    func unit(_ start: Int) -> UInt32 {
      (0..<width).reduce(0) { $0 << 8 | UInt32(text[isBigEndian ? start + $1 : start + width - 1 - $1]) }
    }
    var out = ByteBuffer(capacity: text.count + JSONBytes.padding)
    var at = text.startIndex
    while at + width <= text.endIndex {
      var scalar = unit(at)
      at += width
      if width == 2, scalar & 0xFC00 == 0xD800, at + 2 <= text.endIndex {
        let low = unit(at)
        if low & 0xFC00 == 0xDC00 {
          scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
          at += 2
        }
      }
      guard scalar < 0x11_0000 else {
        throw JSONError(message: "the text is not valid UTF-32", offset: at - width, line: 1, column: 1)
      }
      if StringEscapes.isSurrogate(scalar) {
        StringEscapes.append(hexEscape: scalar, to: &out)
      } else {
        StringEscapes.append(utf8: scalar, to: &out)
      }
    }
    guard at == text.endIndex else {
      throw JSONError(
        message: "the text ends within a UTF-\(width * 8) character", offset: at, line: 1, column: 1, isCutOff: true)
    }
    return out.freeze()
  }

  /// Writes surrogates that were encoded like characters as escapes; nil if there are none.
  private static func withoutSurrogates(_ text: Text) -> JSONBytes? {
    func surrogate(_ at: Int) -> UInt32? {
      guard at + 2 < text.endIndex, text[at] == 0xED, text[at + 1] & 0xE0 == 0xA0, text[at + 2] & 0xC0 == 0x80 else { return nil }
      return 0xD000 | UInt32(text[at + 1] & 0x3F) << 6 | UInt32(text[at + 2] & 0x3F)
    }
    guard mayHoldSurrogates(text) else { return nil }
    var out = ByteBuffer(capacity: text.count * 2)
    var at = text.startIndex
    while at < text.endIndex {
      if let scalar = surrogate(at) {
        StringEscapes.append(hexEscape: scalar, to: &out)
        at += 3
      } else {
        out.append(text[at])
        at += 1
      }
    }
    return out.freeze()
  }

  /// Whether a byte begins what could be a surrogate: bytes are passed over at the speed of memory.
  private static func mayHoldSurrogates(_ text: Text) -> Bool {
    let bytes = UnsafeBufferPointer(rebasing: text)
    guard let start = bytes.baseAddress else { return false }
    var at = 0
    while at < bytes.count, let found = memchr(start + at, 0xED, bytes.count - at) {
      at = UnsafeRawPointer(found) - UnsafeRawPointer(start)
      if at + 1 < bytes.count, bytes[at + 1] & 0xE0 == 0xA0 { return true }
      at += 1
    }
    return false
  }
}
