import BigInt
import JSON
import PythonTime

/// A place on a cursor's axis: a moment of a datetime cursor, or a number of a counting one. One cursor has values of one kind.
package enum CursorValue: Sendable, Hashable {
  case moment(PyDateTime)
  case int(Int)
  /// An integer that an `Int` cannot hold.
  case large(BigInt)
  case double(Double)

  /// Whether Python counts the value as true: every moment is, zero is not.
  package var isTruthy: Bool {
    switch self {
    case .moment: true
    case .int(let number): number != 0
    case .large: true
    case .double(let number): number != 0
    }
  }

  package var moment: PyDateTime? { if case .moment(let moment) = self { moment } else { nil } }

  /// Whether the value comes before `other`; moments compare as instants, whatever their zones.
  package func isBefore(_ other: CursorValue) -> Bool {
    switch (self, other) {
    case (.moment(let left), .moment(let right)): left.epochMicroseconds < right.epochMicroseconds
    case (.int(let left), .int(let right)): left < right
    case (.int(let left), .double(let right)): Double(left) < right
    case (.double(let left), .int(let right)): left < Double(right)
    case (.double(let left), .double(let right)): left < right
    case (.large(let left), .large(let right)): left < right
    case (.large(let left), .int): left.signum() < 0
    case (.int, .large(let right)): right.signum() > 0
    case (.large(let left), .double(let right)): Double(left) < right
    case (.double(let left), .large(let right)): left < Double(right)
    case (.moment, _), (_, .moment): false
    }
  }

  package func isSame(as other: CursorValue) -> Bool { !isBefore(other) && !other.isBefore(self) }

  /// Python's `max(first, second)`: the first of equals, whose zone may differ from the second's.
  package static func max(_ first: CursorValue, _ second: CursorValue) -> CursorValue { first.isBefore(second) ? second : first }

  /// Python's `min(first, second)`.
  package static func min(_ first: CursorValue, _ second: CursorValue) -> CursorValue { second.isBefore(first) ? second : first }
}
