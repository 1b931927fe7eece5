import AirbyteProtocol
import ConnectorModel
import JSON
import PythonTime

/// A cursor whose slices have windows that can be cut.
protocol WindowedCursor: Cursor {
  var definition: CursorDefinition { get }
}

extension ConcurrentCursor: WindowedCursor {}
extension ConcurrentPerPartitionCursor: WindowedCursor {}

extension WindowedCursor {
  /// The part of `slice` that begins at `value`.
  func slice(_ slice: StreamSlice, from value: CursorValue) -> StreamSlice {
    let boundaries = definition.boundaries
    return slice.with(cursorSlice: [
      boundaries.start: definition.converter.format(value), boundaries.end: slice.cursorSlice[boundaries.end] ?? .null,
    ])
  }

  /// The two halves of a slice's window, which do not share a value.
  /// - Parameter floor: the longest window that is not cut any more.
  /// - Returns: nil if the window cannot be cut.
  /// - Throws: ``ConnectorError`` if the slice has no window.
  func halves(of slice: StreamSlice, floor: PyTimeDelta?) throws -> [StreamSlice]? {
    guard case .fixed(let unit)? = definition.rules.granularity, unit > .zero else { return nil }
    do {
      guard let first = slice.cursorSlice[definition.boundaries.start], let last = slice.cursorSlice[definition.boundaries.end],
        let start = try definition.converter.parse(first).moment, let end = try definition.converter.parse(last).moment
      else { throw ConnectorError(.system, "A slice of stream `\(definition.streamName)` has no window that could be cut") }
      let span = Int128(end.epochMicroseconds) - Int128(start.epochMicroseconds)
      let step = unit.totalMicroseconds
      if span <= 0 { return nil }
      if let floor, span <= floor.totalMicroseconds { return nil }
      let units = span / step + 1
      guard units > 1 else { return nil }
      let firstEnd = try start.adding(PyTimeDelta(totalMicroseconds: units / 2 * step - step))
      let secondStart = try firstEnd.adding(unit)
      guard secondStart.epochMicroseconds <= end.epochMicroseconds else { return nil }
      return [(start, firstEnd), (secondStart, end)].map {
        slice.with(cursorSlice: definition.cursorSlice(SliceWindow(start: .moment($0.0), end: .moment($0.1))))
      }
    } catch {
      throw definition.failure("its window cannot be cut", error)
    }
  }
}

extension StreamSlice {
  /// The same slice with another window.
  package func with(cursorSlice: JSONObject) -> StreamSlice {
    StreamSlice(partition: partition, cursorSlice: cursorSlice, extraFields: extraFields)
  }
}
