import PythonTime

/// A range of time that a read is limited to.
package struct TimeWindow: Sendable, Equatable {
  package let start: PyDateTime
  /// Nil for now.
  package let end: PyDateTime?
  /// Whether it only takes away from the range that the manifest says.
  package var narrows = false

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

  /// The same range, as one that only narrows.
  package var narrowing: TimeWindow {
    var window = self
    window.narrows = true
    return window
  }

  /// Where to begin, if the manifest says `own`.
  package func start(of own: () throws -> PyDateTime) rethrows -> PyDateTime {
    guard narrows else { return start }
    let own = try own()
    return own.epochMicroseconds > start.epochMicroseconds ? own : start
  }

  private static func moment(_ text: Substring) -> PyDateTime? { (try? PyDateTime.isoParse(String(text)))?.inUTC }
}
