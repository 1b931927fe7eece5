/// What a ``JSONView`` looks at.
///
/// An integer is `int` as far as 64 bits go, with a sign or without one; a larger one is `double`, and keeps its digits.
package enum JSONKind: UInt8, Sendable {
  case null, bool, int, double, string, array, object
}

/// A value inside a ``JSONDocument``: a reference to the document and a place in its index. Cheap to copy; holds no parsed data.
///
/// Where an object has a key twice the last one counts, as in Python.
public struct JSONView: Sendable {
  package let document: JSONDocument
  let index: Int

  init(document: JSONDocument, index: Int) {
    self.document = document
    self.index = index
  }

  @inline(__always) var tape: Tape { document.tape }
  @inline(__always) var word: TapeWord { document.tape.word(index) }

  package var kind: JSONKind { word.kind }

  /// The number of elements or of (distinct) keys; 0 for scalars.
  public var count: Int { word.isContainer ? tape.count(index) : 0 }

  /// The value of `key`; nil if this is not an object or has no such key.
  package subscript(key: JSONKey) -> JSONView? {
    tape.find(key, in: index).map { JSONView(document: document, index: $0) }
  }

  /// The value of `key`; nil if this is not an object or has no such key.
  public subscript(key: String) -> JSONView? { self[JSONKey(key)] }

  /// The element at `index`; nil if this is not an array or `index` is outside it.
  public subscript(index: Int) -> JSONView? {
    guard kind == .array, index >= 0 else { return nil }
    let end = self.index + tape.span(self.index)
    var at = self.index + 2
    var remaining = index
    while at < end {
      if remaining == 0 { return JSONView(document: document, index: at) }
      remaining -= 1
      at = tape.next(at)
    }
    return nil
  }

  /// A value read at once, where it is a scalar.
  package enum Content {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    /// An integer that an `Int` cannot hold, by its digits.
    case largeInteger(String)
    case string(String)
    case container(JSONView)
  }

  /// The value, read at once where it is a scalar.
  package var content: Content { content(at: index) }

  /// The value of `key`, read at once where it is a scalar; nil if this is not an object or has no such key.
  @inline(__always)
  package func content(of key: JSONKey) -> Content? {
    guard let place = tape.find(key, in: index) else { return nil }
    return content(at: place)
  }

  private func content(at place: Int) -> Content {
    switch tape.word(place).kind {
    case .null: .null
    case .bool: .bool(tape.word(place).length == 4)
    case .int: Numbers.int(tape.text(place)).map { .int($0) } ?? .largeInteger(digits(place))
    case .double: number(at: place)
    case .string: .string(tape.stringBytes(place))
    case .array, .object: .container(JSONView(document: document, index: place))
    }
  }

  private func number(at place: Int) -> Content {
    let text = tape.text(place)
    let double = Numbers.double(text)
    // What is smaller was read as an integer, if it is one.
    if double.magnitude < 0x1p63 { return .double(double) }
    let isInteger = text.allSatisfy { $0 == UInt8(ascii: "-") || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) }
    return isInteger ? .largeInteger(digits(place)) : .double(double)
  }

  private func digits(_ place: Int) -> String { String(decoding: tape.text(place), as: UTF8.self) }

  /// Whether this is null.
  public var isNull: Bool { kind == .null }

  /// The value of true or false; nil for anything else.
  public var bool: Bool? {
    let word = word
    return word.kind == .bool ? word.length == 4 : nil
  }

  /// The integer, where it fits into 64 bits.
  public var int: Int? { kind == .int ? Numbers.int(tape.text(index)) : nil }

  /// Any number as the nearest double.
  public var double: Double? {
    let kind = kind
    return kind == .int || kind == .double ? Numbers.double(tape.text(index)) : nil
  }

  /// The text of a string, unescaped (lone surrogates become U+FFFD).
  public var string: String? { kind == .string ? tape.stringBytes(index) : nil }

  /// The digits of a number as written.
  package var numberText: String? {
    let kind = kind
    return kind == .int || kind == .double ? String(decoding: tape.text(index), as: UTF8.self) : nil
  }

  /// Calls `body` with the UTF-8 of a string, unescaped, without building a `String` where nothing is escaped; nil for other kinds.
  package func withStringBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R? {
    guard kind == .string else { return nil }
    let inside = tape.text(index)
    if !word.has(TapeWord.escaped) { return try withExtendedLifetime(document) { try body(inside) } }
    var unescaped = StringEscapes.unescaped(inside)
    return try unescaped.withUTF8(body)
  }

  /// Calls `body` with the bytes of the value as they are in the text (of a string, those between the quotes).
  package func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
    try withExtendedLifetime(document) { try body(tape.text(index)) }
  }

  /// Calls `body` with each key and value of an object, in order, duplicates removed.
  package func forEachMember(_ body: (_ key: String, _ value: JSONView) throws -> Void) rethrows {
    guard kind == .object else { return }
    try tape.forEachMember(index) { key, value in
      try body(tape.stringBytes(key), JSONView(document: document, index: value))
    }
  }

  /// Calls `body` with each key's unescaped UTF-8, valid during the call, and value of an object, in order, duplicates removed.
  package func forEachMember(bytes body: (_ key: UnsafeBufferPointer<UInt8>, _ value: JSONView) throws -> Void) rethrows {
    guard kind == .object else { return }
    try tape.forEachMember(index) { key, value in
      let view = JSONView(document: document, index: value)
      if tape.word(key).has(TapeWord.escaped) {
        var text = tape.stringBytes(key)
        try text.withUTF8 { try body($0, view) }
      } else {
        try body(tape.text(key), view)
      }
    }
  }

  /// Calls `body` with each element of an array.
  package func forEachElement(_ body: (JSONView) throws -> Void) rethrows {
    guard kind == .array else { return }
    try tape.forEachElement(index) { try body(JSONView(document: document, index: $0)) }
  }

  /// The elements of an array, one after the other; none for other kinds.
  package var elementSequence: JSONElements { JSONElements(of: self) }

  /// The size of the text that contains the value: 0 for scalars.
  package var containerSize: Int { word.isContainer ? tape.text(index).count : 0 }

  /// The number of words that the value takes in its document's index.
  package var wordCount: Int { tape.next(index) - index }

  /// Whether this is a string of exactly the key's bytes.
  package func isString(_ key: JSONKey) -> Bool {
    guard kind == .string else { return false }
    return key.bytes.withUnsafeBufferPointer { tape.key(index, equals: $0) }
  }

  /// The elements of an array; none for other kinds.
  public var elements: [JSONView] {
    guard kind == .array else { return [] }
    var views: [JSONView] = []
    views.reserveCapacity(count)
    tape.forEachElement(index) { views.append(JSONView(document: document, index: $0)) }
    return views
  }

  /// The keys of an object, in order, duplicates removed; none for other kinds.
  public var keys: [String] {
    var keys: [String] = []
    forEachMember { key, _ in keys.append(key) }
    return keys
  }

  /// The same value built in memory.
  public var value: JSONValue { JSONValue(tape, index) }
}
