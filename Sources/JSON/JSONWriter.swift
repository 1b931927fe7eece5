import OrderedCollections

/// Writes compact JSON lines as the reference does with orjson: no blanks, UTF-8 unescaped, NaN and the infinities as null.
///
/// It has one owner (it cannot be copied); ``finish()`` gives the bytes in a form that can be shared.
package struct JSONWriter: ~Copyable {
  /// What was written so far; other text can be appended to it.
  package var buffer: ByteBuffer

  package init(capacity: Int = 0) { buffer = ByteBuffer(capacity: capacity) }

  package var count: Int { buffer.count }

  /// The bytes written, without copying them.
  package consuming func finish() -> JSONBytes { buffer.freeze() }

  /// A copy of what was written, as text.
  package var string: String { buffer.string }

  /// Appends one byte as it is: a bracket, a line end.
  package mutating func write(raw byte: UInt8) { buffer.append(byte) }

  /// Appends text as it is: a part of a line that was encoded before.
  package mutating func write(raw bytes: [UInt8]) { bytes.withUnsafeBytes { buffer.append($0) } }
  package mutating func write(raw bytes: UnsafeBufferPointer<UInt8>) { buffer.append(UnsafeRawBufferPointer(bytes)) }
  package mutating func write(raw text: StaticString) { buffer.append(text) }

  /// Appends a quoted and escaped string.
  package mutating func write(string text: String) {
    var text = text
    text.withUTF8 { StringEscapes.write($0, to: &buffer) }
  }

  package mutating func write(int value: Int) { buffer.append(decimal: value) }

  /// Appends a double with its shortest digits, plain for 1e-5 ≤ |x| < 1e16; null where it is not finite.
  package mutating func write(double value: Double) { FloatText.writeCompact(value, to: &buffer) }

  /// Appends a value built in memory. A number held by its digits keeps them.
  package mutating func write(_ value: JSONValue) {
    switch value {
    case .null: buffer.append("null")
    case .bool(let flag): buffer.append(flag ? "true" : "false")
    case .int(let int): buffer.append(decimal: int)
    case .double(let double): FloatText.writeCompact(double, to: &buffer)
    case .number(let text): write(number: text)
    case .string(let text): write(string: text)
    case .array(let elements):
      buffer.append(UInt8(ascii: "["))
      var isFirst = true
      for element in elements {
        if !isFirst { buffer.append(UInt8(ascii: ",")) }
        isFirst = false
        write(element)
      }
      buffer.append(UInt8(ascii: "]"))
    case .object(let members): write(object: members, omittingNulls: false)
    }
  }

  mutating func write(object members: JSONObject, omittingNulls: Bool) {
    buffer.append(UInt8(ascii: "{"))
    var isFirst = true
    for (key, value) in members {
      if omittingNulls, case .null = value { continue }
      if !isFirst { buffer.append(UInt8(ascii: ",")) }
      isFirst = false
      write(string: key)
      buffer.append(UInt8(ascii: ":"))
      write(value)
    }
    buffer.append(UInt8(ascii: "}"))
  }

  private mutating func write(number text: String) {
    guard Numbers.isValid(text) else { return buffer.append("null") }
    let isInteger = text.utf8.allSatisfy { $0 != UInt8(ascii: ".") && $0 | 0x20 != UInt8(ascii: "e") }
    buffer.append(isInteger || Double(text)?.isFinite == true ? text : "null")
  }
}

// MARK: - Views

extension JSONWriter {
  /// Appends a value of a document: its bytes as they are if they are in written form, else they are written again.
  package mutating func write(_ view: JSONView) {
    withExtendedLifetime(view.document) { write(view.tape, view.index) }
  }

  /// Depth is bounded by the parser's limit.
  mutating func write(_ tape: Tape, _ index: Int) {
    let word = tape.word(index)
    let text = tape.text(index)
    guard let start = text.baseAddress else { return }
    switch word.kind {
    case .null, .bool, .int: buffer.append(start, text.count)
    case .double:
      if word.has(TapeWord.nonFinite) { buffer.append("null") } else { buffer.append(start, text.count) }
    case .string: write(stringOf: tape, index)
    case .array:
      if !word.has(TapeWord.dirty) { return buffer.append(start, text.count) }
      buffer.append(UInt8(ascii: "["))
      let end = index &+ tape.span(index)
      var at = index &+ 2
      while at < end {
        if at != index &+ 2 { buffer.append(UInt8(ascii: ",")) }
        write(tape, at)
        at = tape.next(at)
      }
      buffer.append(UInt8(ascii: "]"))
    case .object:
      if !word.has(TapeWord.dirty) { return buffer.append(start, text.count) }
      buffer.append(UInt8(ascii: "{"))
      let empty = buffer.count
      tape.forEachMember(index) { key, value in
        if buffer.count != empty { buffer.append(UInt8(ascii: ",")) }
        write(stringOf: tape, key)
        buffer.append(UInt8(ascii: ":"))
        write(tape, value)
      }
      buffer.append(UInt8(ascii: "}"))
    }
  }

  /// Appends a string or a key with its quotes.
  @inline(__always)
  mutating func write(stringOf tape: Tape, _ index: Int) {
    let text = tape.text(index)
    guard let start = text.baseAddress else { return }
    if tape.word(index).has(TapeWord.rewritten) {
      buffer.append(UInt8(ascii: "\""))
      StringEscapes.rewrite(text, to: &buffer)
      buffer.append(UInt8(ascii: "\""))
    } else {
      buffer.append(start - 1, text.count &+ 2)
    }
  }
}

extension JSONValue {
  /// The value as compact JSON; see ``JSONWriter``.
  public var jsonText: String {
    var writer = JSONWriter()
    writer.write(self)
    return writer.string
  }
}

extension JSONView {
  /// The value as compact JSON; see ``JSONWriter``.
  package var jsonText: String {
    var writer = JSONWriter()
    writer.write(self)
    return writer.string
  }
}
