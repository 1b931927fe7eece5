/// A number of 64 bits for the value of a key: equal values have the same, and others hardly ever.
package struct Fingerprint: Sendable {
  package private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

  package init() {}

  /// Takes in a scalar or a container of a document; a number by its digits.
  package mutating func add(_ view: JSONView) {
    let kind = view.kind
    if kind == .string, view.word.has(TapeWord.escaped) { return add(.string(view.string ?? "")) }
    view.withText { add($0, Self.mark(of: kind)) }
  }

  /// Takes in the member `key` of an object, where it has one that is not null.
  package mutating func add(_ key: JSONKey, of object: JSONPlace) -> Bool {
    let tape = object.tape
    guard let place = tape.find(key, in: object.index) else { return false }
    let word = tape.word(place)
    if word.kind == .null { return false }
    if word.kind == .string, word.has(TapeWord.escaped) {
      add(.string(tape.stringBytes(place)))
    } else {
      add(tape.text(place), Self.mark(of: word.kind))
    }
    return true
  }

  /// Takes in a value that was built in memory.
  package mutating func add(_ value: JSONValue) {
    switch value {
    case .string(var text): text.withUTF8 { add($0, Self.mark(of: .string)) }
    case .int, .double, .number: addText(of: value, Self.mark(of: .int))
    case .bool: addText(of: value, Self.mark(of: .bool))
    case .null: addText(of: value, Self.mark(of: .null))
    case .array: addText(of: value, Self.mark(of: .array))
    case .object: addText(of: value, Self.mark(of: .object))
    }
  }

  private mutating func addText(of value: JSONValue, _ mark: UInt64) {
    var text = value.jsonText
    text.withUTF8 { add($0, mark) }
  }

  /// Numbers are alike, whatever holds them.
  private static func mark(of kind: JSONKind) -> UInt64 {
    UInt64(kind == .double ? JSONKind.int.rawValue : kind.rawValue) &+ 1
  }

  /// Folds the product of two words, eight bytes of the text at a time.
  private mutating func add(_ text: UnsafeBufferPointer<UInt8>, _ mark: UInt64) {
    var hash = Self.mixed(value ^ mark, 0xA076_1D64_78BD_642F ^ UInt64(text.count))
    let raw = UnsafeRawBufferPointer(text)
    var at = 0
    while at &+ 8 <= raw.count {
      hash = Self.mixed(
        hash ^ UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)), 0xE703_7ED1_A0B4_28DB)
      at &+= 8
    }
    var rest: UInt64 = 0
    while at < raw.count {
      rest = rest << 8 | UInt64(raw[at])
      at &+= 1
    }
    value = Self.mixed(hash ^ rest, 0x8EBC_6AF0_9C88_C6E3)
  }

  @inline(__always)
  private static func mixed(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
