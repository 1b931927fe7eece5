import BigInt
import ConnectorModel
import PythonTime

/// A stretch of a cursor's axis that was read, and the largest value that was seen in it.
package struct CursorInterval: Sendable, Hashable {
  package var start: CursorValue
  package var end: CursorValue
  package var mostRecent: CursorValue?

  package init(start: CursorValue, end: CursorValue, mostRecent: CursorValue? = nil) {
    self.start = start
    self.end = end
    self.mostRecent = mostRecent
  }

  /// The value if Python counts it as true: a counting cursor's zero does not count.
  fileprivate var knownMostRecent: CursorValue? { mostRecent.flatMap { $0.isTruthy ? $0 : nil } }
}

/// The stretches that a cursor has read; merged, they are its state.
package struct CursorIntervals: Sendable, Hashable {
  package private(set) var all: [CursorInterval]

  package init(_ all: [CursorInterval]) { self.all = all }

  package mutating func append(_ interval: CursorInterval) { all.append(interval) }

  /// Joins stretches that touch: where the next one starts at most one `unit` after the end of the one before.
  /// - Throws: `OverflowError` where an end cannot be moved on by a unit.
  package mutating func merge(unit: CursorDuration?) throws(PythonTimeError) {
    guard all.count > 1 else { return }
    let sorted = all.sorted { left, right in
      if left.start.isBefore(right.start) { return true }
      return !right.start.isBefore(left.start) && left.end.isBefore(right.end)
    }
    var merged: [CursorInterval] = []
    for interval in sorted {
      guard var last = merged.last, !(try Self.next(after: last.end, unit: unit)).isBefore(interval.start) else {
        merged.append(interval)
        continue
      }
      last.end = CursorValue.max(last.end, interval.end)
      if let own = interval.knownMostRecent, let other = last.knownMostRecent {
        last.mostRecent = CursorValue.max(own, other)
      } else {
        last.mostRecent = interval.knownMostRecent ?? last.mostRecent
      }
      merged[merged.count - 1] = last
    }
    all = merged
  }

  /// The value up to which everything was read: the largest one seen in the first stretch, or where it starts.
  /// - Returns: nil if nothing was read, not even the stretch that delimits the start.
  package func latestComplete(unit: CursorDuration?) throws(PythonTimeError) -> CursorValue? {
    var merged = self
    try merged.merge(unit: unit)
    return merged.all.first.map { $0.knownMostRecent ?? $0.start }
  }

  private static func next(after value: CursorValue, unit: CursorDuration?) throws(PythonTimeError) -> CursorValue {
    switch value {
    case .moment: return try unit.map { unit throws(PythonTimeError) in try value.adding(unit) } ?? value
    case .int(let number):
      let (sum, overflow) = number.addingReportingOverflow(1)
      return overflow ? .large(BigInt(number) + 1) : .int(sum)
    case .large(let number): return .large(number + 1)
    case .double(let number): return .double(number + 1)
    }
  }
}
