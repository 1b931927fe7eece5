import JSON
import PythonTime
import Testing

@testable import Components
@testable import Templating

/// The short way of reading moments: it agrees with strptime wherever it gives an answer.
@Suite struct DatetimePatternTests {
  private static let formats = [
    "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d", "%d/%m/%Y",
    "%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%S-12:00", "%Y-%m-%dT%H:%M:%S.000Z",
  ]

  private static let texts = [
    "2025-02-03T04:05:06Z", "2025-02-03T04:05:06.1Z", "2025-02-03T04:05:06.123456Z", "2025-02-03T04:05:06.1234567Z",
    "2025-02-03T04:05:06+00:00", "2025-02-03T04:05:06+0530", "2025-02-03T04:05:06.5-11:59", "2025-02-03T04:05:06z",
    "2025-02-03t04:05:06z", "2025-2-3T4:5:6Z", "2025-02-30T04:05:06Z", "2025-13-01T00:00:00Z", "2025-02-03", "2025-2-3",
    "03/02/2025", "20250203040506", "2025-02-03T04:05:60Z", "2025-02-03T24:00:00Z", "2025-02-03T04:05:06-12:00", " 2025-02-03",
    "2025-02-03 ", "", "٢٠٢٥-02-03", "2025-02-03T04:05:06.000Z", "2025-02-03T04:05:06+24:00", "2025-02-03T04:05:06+01:02:03",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2025-02-03T04:05:06+0000", "2025-02-03T04:05:06-0000",
  ]

  @Test(arguments: formats)
  func agreesWithStrptime(format: String) throws {
    let pattern = try #require(DatetimePattern(format))
    let parser = DatetimeParser(format: format)
    var chance = SeededRandom(seed: 11)
    var texts = Self.texts
    for _ in 0..<3_000 {
      var bytes = Array(texts[Int.random(in: 0..<Self.texts.count, using: &chance)].utf8)
      guard !bytes.isEmpty else { continue }
      let place = Int.random(in: 0..<bytes.count, using: &chance)
      let pool = Array("0123456789-:TZtz+./ ".utf8)
      switch Int.random(in: 0..<3, using: &chance) {
      case 0: bytes.remove(at: place)
      case 1: bytes.insert(pool[Int.random(in: 0..<pool.count, using: &chance)], at: place)
      default: bytes[place] = pool[Int.random(in: 0..<pool.count, using: &chance)]
      }
      texts.append(String(decoding: bytes, as: UTF8.self))
    }
    for var text in texts {
      let (short, mayMatch) = text.withUTF8 { (pattern.parse($0), pattern.canMatch($0)) }
      let long = try? parser.parse(text)
      if let short { #expect(short == long && short.tz == long?.tz, "\(text)") }
      if !mayMatch { #expect(long == nil, "\(text)") }
    }
  }

  @Test(arguments: ["%s", "%ms", "%Y-%m-%d %H:%M", "%Y", "%B %d, %Y", "%Y-%Y-%m-%d", "%Y-%m-%d%"])
  func leavesOtherFormatsAlone(format: String) { #expect(DatetimePattern(format) == nil) }
}
