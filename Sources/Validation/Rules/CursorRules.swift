import Components
import Manifest
import PythonTime

/// A cursor that no request carries reads everything again in each sync, and drops nothing of it.
struct UnsentCursor: Rule {
  static let name = "unsent-cursor"
  static let summary = "No request of an incremental stream says from which time records are needed."

  /// What templates know the window of a request by.
  private static let windows: Set<String> = ["stream_interval", "stream_slice", "stream_partition", "stream_state"]

  func check(_ subject: Subject, _ findings: inout FindingList) {
    // Streams and retrievers with a template that knows the window, or with Python code that may.
    var aware: Set<ObjectIdentifier> = []
    func mark(_ visit: ComponentVisit) {
      var outer: ComponentVisit? = visit
      while let current = outer, aware.insert(ObjectIdentifier(current)).inserted { outer = current.parent }
    }
    for place in subject.templates where !place.undeclaredVariables.isDisjoint(with: Self.windows) {
      mark(place.owner)
    }
    for visit in subject.components where visit.isCustom { mark(visit) }
    for cursor in subject.components("DatetimeBasedCursor") {
      guard cursor["start_time_option"] == nil, cursor["end_time_option"] == nil,
        cursor["is_client_side_incremental"]?.bool != true,
        cursor["is_data_feed"]?.bool != true, let stream = cursor.parent, stream.type == "DeclarativeStream",
        stream.property != "full_refresh_stream", !aware.contains(ObjectIdentifier(stream))
      else { continue }
      let place = cursor["cursor_field"] ?? cursor.node
      findings.warnOnce(
        "unsent", "no request carries this cursor: each sync reads all records again", at: place,
        mark: cursor.node.keyMark ?? place.mark,
        remedy: .advice(
          "give a `start_time_option`, use `stream_interval.start_time` in a template of the request, or set "
            + "`is_client_side_incremental: true`"))
    }
  }
}

/// A step between windows that is finer than the dates of requests has no effect on the API.
struct CursorGranularity: Rule {
  static let name = "cursor-granularity"
  static let summary = "The granularity of a cursor is finer than its dates can express."
  static let presence = DefaultPresence.hidden

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for cursor in subject.components("DatetimeBasedCursor") {
      guard let node = cursor["cursor_granularity"], let text = node.string, let format = cursor["datetime_format"],
        let directives = format.string, let finest = Self.unit(of: directives),
        case .timeDelta(let step)? = try? ISODuration(parsing: text),
        step > .zero, step.totalSeconds < Double(finest.seconds)
      else { continue }
      findings.warn(
        "a granularity of `\(text)` is finer than dates in the format `\(directives)`, whose finest unit is the \(finest.name)",
        at: node,
        remedy: "use `\(finest.duration)`", related: [.init("the format", at: format.mark)])
    }
  }

  struct Unit {
    let name: String
    let duration: String
    let seconds: Int
  }

  /// The finest unit that a format has; nil if that is finer than a second, or not known.
  static func unit(of format: String) -> Unit? {
    var directives: Set<String> = []
    var rest = format[...]
    while let sign = rest.firstIndex(of: "%") {
      rest = rest[rest.index(after: sign)...]
      let name = ["s_as_float", "epoch_microseconds", "ms", "_ms"].first { rest.hasPrefix($0) } ?? String(rest.prefix(1))
      directives.insert(name)
      rest = rest.dropFirst(max(name.count, 1))
    }
    if directives.isEmpty || !directives.isDisjoint(with: ["s_as_float", "epoch_microseconds", "ms", "_ms", "f", "+"]) {
      return nil
    }
    if !directives.isDisjoint(with: ["S", "s", "T", "X", "c", "r"]) { return Unit(name: "second", duration: "PT1S", seconds: 1) }
    if !directives.isDisjoint(with: ["M", "R"]) { return Unit(name: "minute", duration: "PT1M", seconds: 60) }
    if !directives.isDisjoint(with: ["H", "I", "k", "l"]) { return Unit(name: "hour", duration: "PT1H", seconds: 3_600) }
    if !directives.isDisjoint(with: ["d", "j", "F", "D", "x", "e"]) {
      return Unit(name: "day", duration: "P1D", seconds: 86_400)
    }
    return nil
  }
}
