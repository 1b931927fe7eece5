import AirbyteProtocol
import ConnectorModel
import JSON
import PythonTime

/// How far one stream, or one partition of it, was read: a value that takes a state in, lists the windows to read and says the
/// state.
struct CursorTimeline: Sendable {
  let definition: CursorDefinition
  /// Where the manifest lets the stream begin.
  let configuredStart: CursorValue
  /// Where the last read ended, or else `configuredStart`.
  let start: CursorValue
  private(set) var intervals: CursorIntervals
  /// The state that was passed in, whose other keys stay.
  private var legacy: JSONObject
  private var hasClosedSlice = false
  /// Why no state can be said any more.
  private var fault: ConnectorError?

  /// - Parameters:
  ///   - state: `{cursor_field: value}` or `{"state_type": "date-range", "slices": […]}`.
  ///   - runtimeLookback: seconds that are taken off a sequential state's value.
  /// - Throws: ``ConnectorError`` if the state or the manifest's start cannot be read.
  init(_ definition: CursorDefinition, state: JSONObject, runtimeLookback: Int = 0) throws {
    self.definition = definition
    var state = state
    let key = definition.field.string
    do {
      if runtimeLookback != 0, let value = state[key], value.isTruthy {
        let moved = try definition.read(value, "`\(key)`").subtracting(.fixed(PyTimeDelta(seconds: runtimeLookback)))
        state[key] = definition.converter.format(moved)
      }
      configuredStart = try definition.start()
      if Self.isConcurrent(state) {
        let read = try Self.intervals(of: state, definition)
        intervals = CursorIntervals(read)
        let known = read.first.map { $0.mostRecent ?? $0.end }
        start = known.flatMap { $0.isTruthy ? $0 : nil } ?? configuredStart
        legacy = state["legacy"]?.object ?? [:]
      } else {
        var start = configuredStart
        if let value = state[key] {
          if case .count = definition.converter, !value.isTruthy {
            // Zero, an empty text and null count as no state.
          } else {
            let previous = try definition.read(value, "`\(key)`")
            if !previous.isBefore(start) { start = previous }
          }
        }
        self.start = start
        intervals = CursorIntervals([CursorInterval(start: configuredStart, end: start, mostRecent: start)])
        legacy = state
      }
    } catch {
      throw definition.failure("its state or its start cannot be read", error)
    }
  }

  static func isConcurrent(_ state: JSONObject) -> Bool {
    state["state_type"] == "date-range" || state["state_type"] == "integer"
  }

  private static func intervals(of state: JSONObject, _ definition: CursorDefinition) throws -> [CursorInterval] {
    let slices: [JSONValue]
    switch state["slices"] {
    // As in the reference, whatever is empty holds no slices.
    case nil, .string("")?, .object([:])?: slices = []
    case .array(let elements)?: slices = elements
    case let other?: throw definition.unreadable("`slices` should be a list, not \(definition.excerpt(of: other))")
    }
    return try slices.map { slice in
      func value(_ key: String) throws -> CursorValue? { try slice[key].map { try definition.read($0, "`\(key)` of a slice") } }
      guard let start = try value("start"), let end = try value("end") else {
        throw definition.unreadable("a slice should have a `start` and an `end`, but is \(definition.excerpt(of: slice))")
      }
      return CursorInterval(start: start, end: end, mostRecent: try value("most_recent_cursor_value"))
    }
  }

  /// The windows that are still to be read.
  mutating func windows() throws -> SliceWindows {
    do {
      try intervals.merge(unit: definition.converter.unit)
    } catch {
      throw definition.failure("the slices of its state cannot be joined", error)
    }
    guard !intervals.all.isEmpty else { throw noSlices }
    definition.warn(ofStart: start, isFromState: configuredStart.isBefore(start))
    return SliceWindows(rules: definition.rules, start: configuredStart, read: intervals.all, end: definition.end)
  }

  /// Adds a slice that was read completely.
  /// - Returns: whether the state moved.
  mutating func close(_ slice: StreamSlice, mostRecent: CursorValue?) throws -> Bool {
    defer { hasClosedSlice = true }
    do {
      if definition.readsWindows {
        let bounds = [definition.boundaries.start, definition.boundaries.end].compactMap { slice.merged[$0] }
        guard bounds.count == 2 else {
          throw ConnectorError(.system, "A slice of stream `\(definition.streamName)` has no window")
        }
        intervals.append(
          CursorInterval(
            start: try definition.converter.parse(bounds[0]), end: try definition.converter.parse(bounds[1]),
            mostRecent: mostRecent))
      } else {
        guard let mostRecent, mostRecent.isTruthy else { return false }
        guard !hasClosedSlice else {
          throw ConnectorError(
            .system, "Stream `\(definition.streamName)` has several slices, which a counting cursor cannot follow")
        }
        intervals.append(CursorInterval(start: start, end: mostRecent, mostRecent: mostRecent))
      }
      try intervals.merge(unit: definition.converter.unit)
      if intervals.all.count > 1 { definition.warn(ofGapsIn: intervals) }
      return true
    } catch {
      throw definition.failure("a slice cannot be added to its state", error)
    }
  }

  /// Takes in a slice whose records have a cursor value that cannot be compared with the others: there is no state any more.
  mutating func close(unusable value: JSONValue) throws -> Never {
    let reason = ConnectorError(.system, "A counting cursor needs numbers, not \(value.jsonText)")
    fault = definition.failure("a slice cannot be added to its state", reason)
    throw definition.failure("a slice cannot be added to its state", reason)
  }

  /// The value that the state carries.
  var cursorValue: CursorValue? {
    get throws {
      do {
        return try intervals.latestComplete(unit: definition.converter.unit)
      } catch {
        throw definition.failure("the slices of its state cannot be joined", error)
      }
    }
  }

  /// `{cursor_field: value}`, with the other keys of the state that was passed in.
  /// - Throws: ``ConnectorError`` if the state that was passed in has no slices, or a slice could not be added.
  var state: JSONObject {
    get throws {
      if let fault { throw fault }
      guard let value = try cursorValue else { throw noSlices }
      var state = legacy
      state[definition.field.string] = definition.converter.format(value)
      return state
    }
  }

  private var noSlices: ConnectorError { definition.unreadable("`slices` has no slices") }

  /// What a read of this timeline takes as new: from the lookback window on, but not before the configured start.
  var bounds: CursorBounds {
    var lowest = start
    if let lookback = definition.rules.lookback, let lower = try? start.subtracting(lookback) {
      lowest = configuredStart.isTruthy ? CursorValue.max(lower, CursorValue.min(start, configuredStart)) : lower
    }
    return CursorBounds(definition: definition, lowest: lowest)
  }
}
