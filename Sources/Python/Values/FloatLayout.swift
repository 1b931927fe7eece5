/// How the shortest digits of a float are laid out as text. The digits themselves are the same everywhere.
package struct FloatLayout: Sendable {
  /// The least decimal exponent that is written without one.
  let plainDown: Int
  /// The least number of digits of an exponent.
  let exponentDigits: Int

  /// As Python's `repr`.
  package static let python = FloatLayout(plainDown: -4, exponentDigits: 2)
  /// As orjson.
  package static let orjson = FloatLayout(plainDown: -5, exponentDigits: 1)

  /// Room for every text: seventeen digits, a sign, a point, and five zeros before them or an exponent of five characters.
  package static let capacity = 32

  /// Writes a finite number, and says how many bytes of `place` its text takes.
  /// - Parameter place: has room for ``capacity`` bytes.
  package func write(_ value: Double, into place: UnsafeMutableBufferPointer<UInt8>) -> Int {
    var writer = Writer(place: place)
    if value.sign == .minus { writer.append(UInt8(ascii: "-")) }
    if value == 0 { writer.append("0.0") } else { write(value.magnitude, to: &writer) }
    return writer.count
  }

  private func write(_ magnitude: Double, to writer: inout Writer) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.capacity) { digits in
      // `description` has the shortest digits that read back as the same double; only their layout differs.
      var count = 0
      var point: Int?
      var exponent = 0
      var isExponent = false
      var isNegativeExponent = false
      for byte in magnitude.description.utf8 {
        switch byte {
        case UInt8(ascii: "."): point = count
        case UInt8(ascii: "e"): isExponent = true
        case UInt8(ascii: "-"): isNegativeExponent = true
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
          if isExponent {
            exponent = exponent * 10 + Int(byte - UInt8(ascii: "0"))
          } else if count < digits.count {
            digits[count] = byte
            count += 1
          }
        default: break
        }
      }
      if isNegativeExponent { exponent = -exponent }
      // The value is 0.d1d2d3… times ten to the power of `scale`.
      var scale = (point ?? count) + exponent
      var first = 0
      while first < count - 1, digits[first] == UInt8(ascii: "0") {
        first += 1
        scale -= 1
      }
      while count > first + 1, digits[count - 1] == UInt8(ascii: "0") { count -= 1 }
      layOut(UnsafeBufferPointer(rebasing: digits[first..<count]), scale: scale, to: &writer)
    }
  }

  private func layOut(_ digits: UnsafeBufferPointer<UInt8>, scale: Int, to writer: inout Writer) {
    let exponent = scale - 1
    if exponent >= plainDown, exponent < 16 {
      if scale <= 0 { writer.append("0.") }
      for _ in 0..<max(-scale, 0) { writer.append(UInt8(ascii: "0")) }
      for (index, digit) in digits.enumerated() {
        if index == scale, scale > 0 { writer.append(UInt8(ascii: ".")) }
        writer.append(digit)
      }
      if digits.count <= scale {
        for _ in digits.count..<scale { writer.append(UInt8(ascii: "0")) }
        writer.append(".0")
      }
      return
    }
    for (index, digit) in digits.enumerated() {
      if index == 1 { writer.append(UInt8(ascii: ".")) }
      writer.append(digit)
    }
    writer.append(exponent < 0 ? "e-" : "e+")
    let size = exponent.magnitude
    if exponentDigits == 2, size < 10 { writer.append(UInt8(ascii: "0")) }
    if size >= 100 { writer.append(UInt8(ascii: "0") + UInt8(size / 100)) }
    if size >= 10 { writer.append(UInt8(ascii: "0") + UInt8(size / 10 % 10)) }
    writer.append(UInt8(ascii: "0") + UInt8(size % 10))
  }

  private struct Writer {
    let place: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(place: UnsafeMutableBufferPointer<UInt8>) { self.place = place }

    mutating func append(_ byte: UInt8) {
      guard count < place.count else { return }
      place[count] = byte
      count += 1
    }

    mutating func append(_ text: StaticString) {
      text.withUTF8Buffer { for byte in $0 { append(byte) } }
    }
  }
}
