import CScan

/// Finds what a message of a tap says without building values: one pass over its bytes, which also shows that the line is JSON.
///
/// It knows what taps write day by day. Of anything else, such as escapes in keys, deep nesting, `NaN` or a line that is no JSON at all, it
/// says nothing, and the JSON parser decides.
enum LineScanner {
  /// The types of messages.
  enum Kind: Sendable, Hashable {
    case record, schema, state, activateVersion, batch
    /// A message of a type that Singer does not have, such as those that some taps add.
    case other
  }

  /// Where the parts of a message are in its line, in bytes.
  struct Parts: Sendable, Hashable {
    var kind = Kind.other
    /// The stream's name, without its quotes.
    var stream: Range<Int>?
    /// The record, with its braces.
    var record: Range<Int>?
    /// The moment at which the record was read, without its quotes.
    var timeExtracted: Range<Int>?
  }

  /// What follows a line must be readable: ``padding`` bytes, of which the first one is a line feed or a zero.
  static let padding = 16

  /// The parts of a line; nil where it needs the parser.
  static func scan(_ line: UnsafeBufferPointer<UInt8>) -> Parts? {
    guard let start = line.baseAddress else { return nil }
    let end = start + line.count
    var at = skipBlanks(start)
    guard at.pointee == UInt8(ascii: "{") else { return nil }
    at = skipBlanks(at + 1)
    if at.pointee == UInt8(ascii: "}") { return nil }
    var parts = Parts()
    var hasType = false
    while true {
      guard at.pointee == UInt8(ascii: "\"") else { return nil }
      let key = at + 1
      let close = cscan_plain(key)
      guard close.pointee == UInt8(ascii: "\"") else { return nil }
      at = skipBlanks(close + 1)
      guard at.pointee == UInt8(ascii: ":") else { return nil }
      let value = skipBlanks(at + 1)
      guard let behind = JSONSkipper.skip(value) else { return nil }
      let place = value - start..<behind - start
      switch close - key {
      case 4 where isEqual(key, "type"):
        guard !hasType, let kind = kind(value, behind) else { return nil }
        (hasType, parts.kind) = (true, kind)
      case 6 where isEqual(key, "stream"):
        guard parts.stream == nil, let text = text(value, behind, from: start) else { return nil }
        parts.stream = text
      case 6 where isEqual(key, "record"):
        guard parts.record == nil, value.pointee == UInt8(ascii: "{") else { return nil }
        parts.record = place
      case 14 where isEqual(key, "time_extracted"):
        guard parts.timeExtracted == nil else { return nil }
        if value.pointee == UInt8(ascii: "n") { break }
        guard let text = text(value, behind, from: start) else { return nil }
        parts.timeExtracted = text
      default: break
      }
      at = skipBlanks(behind)
      if at.pointee == UInt8(ascii: ",") {
        at = skipBlanks(at + 1)
        continue
      }
      guard at.pointee == UInt8(ascii: "}"), skipBlanks(at + 1, before: end) == end, hasType else { return nil }
      return parts
    }
  }

  /// The bytes of a string without escapes.
  private static func text(
    _ value: UnsafePointer<UInt8>, _ behind: UnsafePointer<UInt8>, from start: UnsafePointer<UInt8>
  ) -> Range<Int>? {
    guard value.pointee == UInt8(ascii: "\"") else { return nil }
    let range = value + 1 - start..<behind - 1 - start
    return range.contains { start[$0] == UInt8(ascii: "\\") } ? nil : range
  }

  /// The kind that a string names, in capitals or not; nil where it is not a string.
  private static func kind(_ value: UnsafePointer<UInt8>, _ behind: UnsafePointer<UInt8>) -> Kind? {
    guard value.pointee == UInt8(ascii: "\"") else { return nil }
    return kind(UnsafeBufferPointer(start: value + 1, count: behind - value - 2))
  }

  /// The kind that a word names, in capitals or not.
  static func kind(_ word: UnsafeBufferPointer<UInt8>) -> Kind {
    func spells(_ name: StaticString) -> Bool {
      guard name.utf8CodeUnitCount == word.count else { return false }
      for place in 0..<word.count {
        // A letter's small form has this bit; the underscore has it in neither form.
        let byte = word[place] == UInt8(ascii: "_") ? word[place] : word[place] & ~0x20
        if byte != name.utf8Start[place] { return false }
      }
      return true
    }
    switch word.count {
    case 6 where spells("RECORD"): return .record
    case 6 where spells("SCHEMA"): return .schema
    case 5 where spells("STATE"): return .state
    case 5 where spells("BATCH"): return .batch
    case 16 where spells("ACTIVATE_VERSION"): return .activateVersion
    default: return .other
    }
  }

  private static func isEqual(_ key: UnsafePointer<UInt8>, _ name: StaticString) -> Bool {
    memcmp(key, name.utf8Start, name.utf8CodeUnitCount) == 0
  }

  @inline(__always)
  static func skipBlanks(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
    var at = start
    // A line feed ends the line.
    while at.pointee == 0x20 || at.pointee == 0x09 || at.pointee == 0x0D { at += 1 }
    return at
  }

  private static func skipBlanks(
    _ start: UnsafePointer<UInt8>, before end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8> {
    var at = start
    while at < end, at.pointee == 0x20 || at.pointee == 0x09 || at.pointee == 0x0D { at += 1 }
    return at
  }
}
