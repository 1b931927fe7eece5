import Essentials

/// A parsed JSON text: its bytes, and an index over them ("tape") that makes reading a field a walk and encoding a copy.
///
/// A tape takes eight bytes for a scalar or a key and sixteen for an array or object, so for records it stays below the text's size.
package final class JSONDocument: Sendable {
  private let bytes: JSONBytes
  let tape: Tape
  private let wordCount: Int
  /// The size of the tape's block in bytes.
  private let tapeCapacity: Int

  /// Indexes `bytes` without copying them; throws a ``JSONError`` where they are not one JSON value.
  ///
  /// Integers of any length keep their digits.
  package convenience init(parsing bytes: JSONBytes, encoding: JSONTextEncoding = .utf8) throws(JSONError) {
    let text = try encoding.utf8(bytes)
    var builder = TapeBuilder(text)
    do {
      try builder.build()
    } catch {
      throw error.described(at: builder.failureOffset, in: text.buffer)
    }
    self.init(text, builder.finish())
  }

  /// Takes over a tape over `bytes`.
  init(_ bytes: JSONBytes, _ finished: (words: UnsafeMutablePointer<UInt64>, count: Int, capacity: Int)) {
    self.bytes = bytes
    tape = Tape(base: bytes.base, words: UnsafePointer(finished.words))
    wordCount = finished.count
    tapeCapacity = finished.capacity
  }

  /// Copies `bytes` and indexes the copy.
  package convenience init(parsing bytes: [UInt8], encoding: JSONTextEncoding = .utf8) throws(JSONError) {
    try self.init(parsing: JSONBytes(bytes), encoding: encoding)
  }

  /// Copies `bytes` and indexes the copy.
  package convenience init(parsing bytes: UnsafeRawBufferPointer, encoding: JSONTextEncoding = .utf8) throws(JSONError) {
    try self.init(parsing: JSONBytes(copying: bytes), encoding: encoding)
  }

  /// Copies `data` and indexes the copy.
  package convenience init(parsing data: Data, encoding: JSONTextEncoding = .utf8) throws(JSONError) {
    try self.init(parsing: JSONBytes(data), encoding: encoding)
  }

  /// Copies the text and indexes the copy.
  package convenience init(parsing text: String) throws(JSONError) {
    try self.init(parsing: JSONBytes(text))
  }

  deinit { Blocks.free(UnsafeMutableRawPointer(mutating: tape.words), tapeCapacity) }

  /// The whole value.
  package var root: JSONView { JSONView(document: self, index: 0) }

  /// The number of bytes of the text and of its index.
  package var footprint: (text: Int, index: Int) { (bytes.count, wordCount * 8) }
}

extension TapeBuilder.Failure {
  func described(at offset: Int, in text: UnsafeBufferPointer<UInt8>) -> JSONError {
    let isAtEnd = offset >= text.count
    let message =
      switch self {
      case .size: "the text is larger than 4 GiB"
      case .value where text.isEmpty: "the text is empty"
      case .value: isAtEnd ? "expected a value, but the text ends" : "expected a value"
      case .digit: isAtEnd ? "expected a digit, but the text ends" : "expected a digit"
      case .literal: "expected a value (null, true and false are the only bare words)"
      case .comma(let inObject):
        (inObject ? "expected ',' or '}'" : "expected ',' or ']'") + (isAtEnd ? ", but the text ends" : "")
      case .trailingComma: "a trailing comma is not allowed"
      case .key: isAtEnd ? "expected a key, but the text ends" : "expected a key in double quotes"
      case .colon: isAtEnd ? "expected ':', but the text ends" : "expected ':' after the key"
      case .control where isAtEnd: "the string is not closed"
      case .control: "a control character inside a string must be escaped"
      case .escape: "an escape inside a string is not one that JSON has"
      case .utf8: "the text is not valid UTF-8"
      case .depth: "more than \(TapeBuilder.maximumDepth) levels of arrays and objects"
      case .trailing: "expected nothing after the value"
      case .longInteger: "an integer has more than \(Numbers.maximumIntegerDigits) digits"
      }
    return JSONError(message: message, offset: offset, in: text, isCutOff: isCutOff(at: offset, in: text))
  }

  /// Whether the text could have gone on as JSON where it ends.
  private func isCutOff(at offset: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = text.first(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }),
      first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || first == UInt8(ascii: "\"")
    else { return false }
    let rest = text[min(offset, text.count)...]
    func begins(_ words: StaticString...) -> Bool {
      words.contains { word in
        rest.count < word.utf8CodeUnitCount && rest.elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: rest.count))
      }
    }
    switch self {
    case .value: return begins("NaN", "-Infinity", "Infinity")
    case .literal: return begins("null", "true", "false")
    case .digit, .comma, .trailingComma, .key, .colon, .control: return rest.isEmpty
    case .escape:
      guard rest.count > 1 else { return true }
      let digits = rest.dropFirst(2)
      return rest[rest.startIndex + 1] == UInt8(ascii: "u") && digits.count < 4 && digits.allSatisfy(StringEscapes.isHexDigit)
    case .utf8:
      guard let first = rest.first, 0xC2...0xF4 ~= first, rest.count < (first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2) else {
        return false
      }
      return rest.dropFirst().allSatisfy { $0 & 0xC0 == 0x80 }
    case .size, .depth, .trailing, .longInteger: return false
    }
  }
}
