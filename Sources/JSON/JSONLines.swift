import Essentials

extension JSONDocument {
  /// Indexes each line of a text as a JSON value of its own; one index serves all of them.
  ///
  /// - Parameters:
  ///   - text: lines that end in a line feed; the last one may end with the text.
  ///   - rejected: is called with each line that is not JSON, also blank ones, and returns whether the rest should be read.
  /// - Returns: the values of the other lines, in order. Integers of any length keep their digits.
  package static func lines(
    _ text: consuming ByteBuffer, rejected: (_ line: UnsafeBufferPointer<UInt8>, _ error: JSONError) -> Bool
  ) -> [JSONView] {
    let bytes = text.freeze()
    // Nobody else has the bytes yet, so they may still be changed.
    let start = UnsafeMutablePointer(mutating: bytes.base)
    let count = bytes.count
    var builder = TapeBuilder(bytes)
    var roots: [Int] = []
    var from = 0
    while from < count {
      let found = memchr(start + from, Int32(UInt8(ascii: "\n")), count - from)
      let end = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(start) } ?? count
      // A value must not continue in the next line: a zero ends whatever the builder reads.
      start[end] = 0
      let root = builder.used
      do throws(TapeBuilder.Failure) {
        try builder.build(from: from, to: end)
        roots.append(root)
      } catch {
        builder.truncate(to: root)
        let line = UnsafeBufferPointer(start: bytes.base + from, count: end - from)
        if !rejected(line, error.described(at: builder.failureOffset - from, in: line)) { break }
      }
      from = end + 1
    }
    let document = JSONDocument(bytes, builder.finish())
    return roots.map { JSONView(document: document, index: $0) }
  }

  /// Indexes lines that were just written.
  package static func lines(
    _ text: consuming JSONWriter, rejected: (_ line: UnsafeBufferPointer<UInt8>, _ error: JSONError) -> Bool
  ) -> [JSONView] { lines(text.takeBuffer(), rejected: rejected) }
}

extension JSONWriter {
  consuming func takeBuffer() -> ByteBuffer { buffer }

  /// Appends UTF-8 as a quoted and escaped string.
  package mutating func write(utf8 text: UnsafeBufferPointer<UInt8>) { StringEscapes.write(text, to: &buffer) }
}
