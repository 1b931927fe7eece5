import ConnectorModel
import JSON
import PythonTime

/// What of a cursor puts records in order: their field, and what its values mean.
package struct CursorAxis: Sendable {
  private let definition: CursorDefinition

  fileprivate init(_ definition: CursorDefinition) { self.definition = definition }

  /// The cursor's axis; nil where it has none.
  package init?(of cursor: any Cursor) {
    guard let axis = (cursor as? any AxialCursor)?.axis else { return nil }
    self = axis
  }

  /// The field of records.
  package var field: JSONKey { definition.field }

  /// How far reads go back behind the last state, in seconds; nil if they do not, or by a length of the calendar.
  package var lookback: Double? {
    guard case .fixed(let length)? = definition.rules.lookback else { return nil }
    return Double(length.totalMicroseconds) / 1_000_000
  }

  /// Whether reads go back behind the last state by months or years.
  package var looksBackByCalendar: Bool { if case .calendar? = definition.rules.lookback { true } else { false } }

  /// Where a record is; nil if its value cannot be read.
  package func place(of field: Record.Field) -> CursorValue? { try? definition.converter.parse(field) }

  /// Where the window of a slice begins and ends; nil where it has none.
  package func window(of slice: StreamSlice) -> (start: CursorValue?, end: CursorValue?) {
    guard definition.readsWindows else { return (nil, nil) }
    func bound(_ name: String) -> CursorValue? {
      slice.cursorSlice[name].flatMap { $0.isTruthy ? (try? definition.converter.parse($0)) : nil }
    }
    return (bound(definition.boundaries.start), bound(definition.boundaries.end))
  }

  /// A place as people read it.
  package func text(of place: CursorValue) -> String { definition.converter.format(place).plainText }
}

extension JSONValue {
  fileprivate var plainText: String { string ?? jsonText }
}

/// A cursor that follows values which have an order.
protocol AxialCursor: Cursor {
  var definition: CursorDefinition { get }
}

extension AxialCursor {
  fileprivate var axis: CursorAxis { CursorAxis(definition) }
}

extension ConcurrentCursor: AxialCursor {}
extension ConcurrentPerPartitionCursor: AxialCursor {}
