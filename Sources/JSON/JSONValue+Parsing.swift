import Essentials
import OrderedCollections

extension JSONValue {
  /// Reads a text by the rules of Python's `json.loads` (integers keep their digits); throws a ``JSONError`` that says what is wrong and where.
  public init(parsing text: String) throws(JSONError) {
    try self.init(parsing: JSONBytes(text), encoding: .utf8)
  }

  /// Reads bytes; see ``JSONTextEncoding`` for how they are decoded.
  package init(parsing bytes: [UInt8], encoding: JSONTextEncoding = .utf8) throws(JSONError) {
    try self.init(parsing: JSONBytes(bytes), encoding: encoding)
  }

  /// Reads bytes; see ``JSONTextEncoding`` for how they are decoded.
  package init(parsing data: Data, encoding: JSONTextEncoding = .utf8) throws(JSONError) {
    try self.init(parsing: JSONBytes(data), encoding: encoding)
  }

  /// Reads bytes; see ``JSONTextEncoding`` for how they are decoded.
  package init(parsing bytes: UnsafeRawBufferPointer, encoding: JSONTextEncoding = .utf8) throws(JSONError) {
    try self.init(parsing: JSONBytes(copying: bytes), encoding: encoding)
  }

  private init(parsing bytes: JSONBytes, encoding: JSONTextEncoding) throws(JSONError) {
    self = try JSONDocument(parsing: bytes, encoding: encoding).root.value
  }

  /// A number from its digits as JSON writes them; nil if they are not a number.
  ///
  /// Decimals become ``double(_:)`` where a double writes the same digits, else ``number(_:)``.
  package init?(number text: String) {
    guard Numbers.isValid(text) else { return nil }
    let utf8 = Array(text.utf8)
    self = utf8.withUnsafeBufferPointer { JSONValue(number: $0, isInteger: !$0.contains { $0 | 0x20 == 0x65 || $0 == 0x2E }) }
  }

  private init(number text: UnsafeBufferPointer<UInt8>, isInteger: Bool) {
    if isInteger, let int = Numbers.int(text) {
      self = .int(int)
      return
    }
    if !isInteger {
      let double = Numbers.double(text)
      if !double.isFinite || FloatText.compact(double, equals: text) {
        self = .double(double)
        return
      }
    }
    self = .number(String(decoding: text, as: UTF8.self))
  }

  init(_ tape: Tape, _ index: Int) {
    let word = tape.word(index)
    switch word.kind {
    case .null: self = .null
    case .bool: self = .bool(word.length == 4)
    case .int: self.init(number: tape.text(index), isInteger: true)
    case .double:
      let text = tape.text(index)
      let isInteger = !word.has(TapeWord.nonFinite) && text.allSatisfy { $0 <= UInt8(ascii: "9") && $0 != UInt8(ascii: ".") }
      self.init(number: text, isInteger: isInteger)
    case .string: self = .string(tape.stringBytes(index))
    case .array:
      var elements: [JSONValue] = []
      elements.reserveCapacity(tape.count(index))
      tape.forEachElement(index) { elements.append(JSONValue(tape, $0)) }
      self = .array(elements)
    case .object:
      var members = JSONObject(minimumCapacity: word.length)
      tape.forEachMember(index) { key, value in members[tape.stringBytes(key)] = JSONValue(tape, value) }
      self = .object(members)
    }
  }
}
