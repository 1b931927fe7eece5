import Python

/// The text of a double, laid out as orjson or as Python's `repr` writes it.
enum FloatText {
  /// Appends a double as orjson does: plain for 1e-5 ≤ |x| < 1e16, else with an exponent without padding; null unless finite.
  static func writeCompact(_ value: Double, to out: inout ByteBuffer) {
    guard value.isFinite else { return out.append("null") }
    write(value, .orjson, to: &out)
  }

  /// Appends a double as Python's `repr` does, as `json.dumps` writes it: NaN, Infinity and -Infinity as those words.
  static func writePython(_ value: Double, to out: inout ByteBuffer) {
    if value.isNaN { return out.append("NaN") }
    guard value.isFinite else { return out.append(value < 0 ? "-Infinity" : "Infinity") }
    write(value, .python, to: &out)
  }

  /// Whether ``writeCompact(_:to:)`` writes exactly these bytes.
  static func compact(_ value: Double, equals text: UnsafeBufferPointer<UInt8>) -> Bool {
    var out = ByteBuffer()
    writeCompact(value, to: &out)
    return out.withUnsafeBytes { $0.elementsEqual(text) }
  }

  private static func write(_ value: Double, _ layout: FloatLayout, to out: inout ByteBuffer) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: FloatLayout.capacity) { place in
      let count = layout.write(value, into: place)
      out.append(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: place[..<count])))
    }
  }
}
