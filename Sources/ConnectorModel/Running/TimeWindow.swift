import PythonTime

/// A range of time that a read is limited to.
package struct TimeWindow: Sendable, Equatable {
  package let start: PyDateTime
  /// Nil for now.
  package let end: PyDateTime?

  /// Reads `2025-01-01..2025-02-01`: two dates or times in the form of ISO 8601, the second one of which may be left out.
  /// - Returns: nil if it is none, or ends before it starts.
  package init?(_ text: String) {
    guard let dots = text.firstRange(of: ".."), let start = Self.moment(text[..<dots.lowerBound]) else { return nil }
    self.start = start
    let rest = text[dots.upperBound...]
    guard !rest.isEmpty else {
      end = nil
      return
    }
    guard let end = Self.moment(rest), end.epochMicroseconds >= start.epochMicroseconds else { return nil }
    self.end = end
  }

  private static func moment(_ text: Substring) -> PyDateTime? { (try? PyDateTime.isoParse(String(text)))?.inUTC }
}
