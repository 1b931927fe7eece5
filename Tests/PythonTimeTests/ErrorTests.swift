import Testing

@testable import PythonTime

@Suite struct ErrorTests {
  @Test(
    "a date beyond the calendar is told from one that cannot be read",
    arguments: [("2024-13-01", true), ("2024-02-30", true), ("2024-01-01T25:00", true), ("yesterday", false)])
  func range(_ text: String, _ isOutOfRange: Bool) {
    let error = #expect(throws: PythonTimeError.self) { try PyDateTime.isoParse(text) }
    #expect(error?.isOutOfRange == isOutOfRange)
  }
}
