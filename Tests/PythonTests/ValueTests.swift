import Foundation
import Testing

@testable import Python

/// Numbers, texts and their order as CPython has them; `Fixtures/record_values.py` records the answers.
@Suite struct ValueTests {
  @Test(arguments: ["float", "int", "repr", "strip", "bytes", "floatrepr", "sorted"])
  func recorded(what: String) throws {
    var count = 0
    for row in try Self.rows() where row.first as? String == what {
      count += 1
      let given = "\(row[1])".prefix(60)
      switch what {
      case "float":
        let found = PythonNumberText.float(try #require(row[1] as? String)).map(Self.bits)
        #expect(found == row[2] as? String, "float(\(given))")
      case "int":
        let base = try #require(row[2] as? Int)
        let found = PythonNumberText.integer(try #require(row[1] as? String), base: base).map(Self.digits)
        #expect(found == row[3] as? String, "int(\(given), \(base))")
      case "repr": #expect(PythonRepr.of(try #require(row[1] as? String)) == row[2] as? String, "repr(\(given))")
      case "strip":
        let stripped = try #require(row[1] as? String).strippedInPython
        #expect(Array(stripped.utf8) == Array((try #require(row[2] as? String)).utf8), "\(given)")
      case "bytes": #expect(PythonRepr.of(bytes: Self.bytes(try #require(row[1] as? String))) == row[2] as? String)
      case "floatrepr":
        let value = Self.double(try #require(row[1] as? String))
        #expect(PythonRepr.of(value) == row[2] as? String, "repr(\(given))")
      default:
        let sorted = try #require(row[1] as? [String]).sorted { $0.precedesInPython($1) }
        // Swift's own `==` would take a letter and its mark for the same as one that has both.
        #expect(sorted.map { Array($0.utf8) } == (row[2] as? [String])?.map { Array($0.utf8) })
      }
    }
    #expect(count >= 2)
  }

  /// orjson writes an exponent without padding, and one place further down none at all.
  @Test(arguments: [
    (1e-5, "1e-05", "0.00001"), (1e-6, "1e-06", "1e-6"), (1e16, "1e+16", "1e+16"), (-0.0, "-0.0", "-0.0"),
    (-1.234567890123456e-5, "-1.234567890123456e-05", "-0.00001234567890123456"),
    (.leastNonzeroMagnitude, "5e-324", "5e-324"),
    (-2.2250738585072014e-308, "-2.2250738585072014e-308", "-2.2250738585072014e-308"),
  ])
  func layouts(value: Double, python: String, orjson: String) {
    #expect(Self.text(value, .python) == python)
    #expect(Self.text(value, .orjson) == orjson)
  }

  private static func text(_ value: Double, _ layout: FloatLayout) -> String {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: FloatLayout.capacity) { place in
      String(decoding: place[..<layout.write(value, into: place)], as: UTF8.self)
    }
  }

  private static func rows() throws -> [[Any]] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/values.jsonl")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any])
    }
  }

  private static func bits(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    let digits = String(value.bitPattern, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func double(_ bits: String) -> Double {
    UInt64(bits, radix: 16).map { Double(bitPattern: $0) } ?? .nan
  }

  private static func digits(_ integer: PythonInteger) -> String {
    switch integer {
    case .int(let int): String(int)
    case .large(let isNegative, let digits, _): (isNegative ? "-" : "") + digits.lowercased()
    }
  }

  private static func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = Array(hexadecimal)
    return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
  }
}
