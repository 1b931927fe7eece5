/// The field that shows what changed since the last read. A field of times is the usual case; the config field `start_date` says where the
/// first read begins.
package struct CursorDescription: Sendable, Equatable {
  /// A top-level field.
  package var field: String
  /// The formats of its values, as `strftime` has them, with `%s` and `%ms` for seconds and milliseconds since the epoch; the usual one
  /// first. Requests send times in `requestFormat`, or else in the first one.
  package var formats: [String]
  package var requestFormat: String?
  /// What takes the start of the window; nil where the API cannot filter: then the connector leaves out old records itself.
  package var start: RequestPlace?
  /// What takes the end of the window; nil if there is no end.
  package var end: RequestPlace?
  /// How long a window is, as an ISO 8601 duration such as `P1M`; nil for one window. It needs `end`.
  package var step: String?
  /// The smallest difference between two values, such as `PT1S`; nil to make it from the format.
  package var granularity: String?

  package init(
    field: String, formats: [String], requestFormat: String? = nil, start: RequestPlace? = nil, end: RequestPlace? = nil,
    step: String? = nil, granularity: String? = nil
  ) {
    self.field = field
    self.formats = formats
    self.requestFormat = requestFormat
    self.start = start
    self.end = end
    self.step = step
    self.granularity = granularity
  }
}
