/// Why and where a text is not JSON.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was wrong, without the place: "expected ',' or '}'".
  public let message: String
  /// The byte at which it was noticed, counted from 0.
  public let offset: Int
  /// The line, counted from 1.
  public let line: Int
  /// The character in the line, counted from 1.
  public let column: Int
  /// Whether the text is the beginning of an array, an object or a string that may have gone on as JSON.
  public let isCutOff: Bool

  package init(message: String, offset: Int, line: Int, column: Int, isCutOff: Bool = false) {
    self.message = message
    self.offset = offset
    self.line = line
    self.column = column
    self.isCutOff = isCutOff
  }

  public var description: String { "\(message) at line \(line), column \(column)" }
}

extension JSONError {
  /// Finds line and column of `offset` in a text; malformed UTF-8 counts a column a byte that starts no character.
  init(message: String, offset: Int, in text: UnsafeBufferPointer<UInt8>, isCutOff: Bool) {
    let end = min(max(offset, 0), text.count)
    var line = 1
    var column = 1
    for byte in text[..<end] {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    self.init(message: message, offset: end, line: line, column: column, isCutOff: isCutOff)
  }
}
