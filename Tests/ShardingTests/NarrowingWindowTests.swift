import ConnectorModel
import Testing

@Suite struct NarrowingWindowTests {
  /// Where a read begins by `--window`, and by `--within`, if the manifest says the middle of January.
  @Test(arguments: [
    ("2025-01-01..", "2025-01-01", "2025-01-15"), ("2025-01-15..", "2025-01-15", "2025-01-15"),
    ("2025-02-01..2025-03-01", "2025-02-01", "2025-02-01"),
  ])
  func beginning(range: String, asAWindow: String, asALimit: String) throws {
    func time(_ text: String) throws -> TimeWindow { try #require(TimeWindow("\(text)..")) }
    let own = try time("2025-01-15")
    let window = try #require(TimeWindow(range))
    #expect(!window.narrows && window.narrowing.narrows)
    #expect(String(describing: window.start(of: { own.start })) == String(describing: try time(asAWindow).start))
    #expect(String(describing: window.narrowing.start(of: { own.start })) == String(describing: try time(asALimit).start))
  }
}
