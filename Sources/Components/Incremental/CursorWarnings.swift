import ConnectorModel
import JSON
import PythonTime
import Templating

/// What a read says once of a stream whose cursor leaves nothing to read, or whose state cannot move.
extension CursorDefinition {
  /// Warns at the stream's end where it begins after its end.
  /// - Parameter isFromState: whether `start` comes from the state that was passed in.
  func warn(ofStart start: CursorValue, isFromState: Bool) {
    guard case .datetime(let formats) = converter, readsWindows, let end = try? end(),
      let first = start.moment?.epochMicroseconds, let last = end.moment?.epochMicroseconds,
      // What is written by the day may be a day ahead, by its zone.
      Int128(first) - Int128(last) > formats.output.smallestUnit ?? 0
    else { return }
    let lookback = rules.lookback.flatMap { try? start.subtracting($0) }
    let isAnyRead = lookback.map { !end.isBefore($0) } ?? false
    runtime.warnings.keep(.beginsAfterEnd, of: streamName) {
      let (from, to) = (written(start), written(end))
      guard isFromState else {
        return
          "it begins at \(from), which is after its end, \(to): nothing is read. Check its `start_datetime` and `end_datetime`."
      }
      let what = isAnyRead ? "nothing but its `lookback_window` is read" : "nothing is read"
      if Int64(first) > runtime.now() {
        return "its state is in the future: `\(field.string)` is \(from), and the read ends at \(to). Until then \(what). "
          + "If the value is wrong, reset the stream, or correct its state."
      }
      return "its state is after its end: `\(field.string)` is \(from), and the read ends at \(to), so \(what)."
    }
  }

  private func written(_ value: CursorValue) -> String {
    let text = converter.format(value)
    return text.string ?? text.jsonText
  }

  /// Warns at the stream's end where stretches that were read one after the other do not join, since their ends were written too
  /// coarsely.
  func warn(ofGapsIn intervals: CursorIntervals) {
    guard case .datetime(let formats) = converter, case .fixed(let granularity)? = rules.granularity,
      let unit = formats.output.smallestUnit, granularity.totalMicroseconds < unit
    else { return }
    let all = intervals.all
    let stuck = zip(all, all.dropFirst()).first { left, right in
      guard let end = left.end.moment?.epochMicroseconds, let start = right.start.moment?.epochMicroseconds else { return false }
      return Int128(start) - Int128(end) <= unit
    }
    guard let stuck else { return }
    runtime.warnings.keep(.fineGranularity, of: streamName) {
      "its state stays at \(written(stuck.0.end)), though more was read: its `cursor_granularity` is finer than the "
        + "`datetime_format` `\(formats.output.format)` can express, so the windows that were read do not join. "
        + "Use the granularity of its format."
    }
  }

  /// The moment before which a record of a slice was not asked for, in microseconds since 1970; nil if no option of the requests
  /// says from which time records are needed. A day is subtracted for APIs that use whole days, or another zone.
  func earliestAskedFor(in slice: StreamSlice) -> Int? {
    guard readsWindows, requestOptions.startOption != nil, let start = slice.cursorSlice[boundaries.start],
      let moment = (try? converter.parse(start))?.moment
    else { return nil }
    return moment.epochMicroseconds - 86_400_000_000
  }

  /// Warns at the stream's end that most records of a slice are older than what was asked for.
  func warnOfEarlyRecords(in slice: StreamSlice) {
    guard let option = requestOptions.startOption, let start = slice.cursorSlice[boundaries.start] else { return }
    runtime.warnings.keep(.earlyRecords, of: streamName) {
      "most of its records are older than what was asked for: their `\(field.string)` is before \(start.string ?? start.jsonText), which "
        + "\(option.name.map { "`\($0)`" } ?? "the `start_time_option`") says. If the API does not know this parameter, each read reads all "
        + "records again: check its documentation, or drop the older ones by `is_client_side_incremental: true`."
    }
  }
}
