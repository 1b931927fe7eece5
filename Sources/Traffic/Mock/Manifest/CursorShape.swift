import Components
import ConnectorModel
import JSON
import Jinja
import Manifest
import PythonTime
import Templating

/// What an API has to know of a stream's cursor: where its values are in records, how they are written, and where requests ask
/// for a window of them.
struct CursorShape: Sendable {
  let field: [String]
  /// Whether the newest records come first.
  let isFeed: Bool
  /// The format of values in records; nil for a cursor that counts.
  private let format: String?
  /// The formats that the bounds of windows may have.
  private let formats: [String]
  private let names: (start: String, end: String)
  private let places: (start: RequestPlace?, end: RequestPlace?)
  private let bounds: (earliest: Int64?, latest: Int64?)

  /// Times that a template may have made of a bound.
  private static let usual = [
    "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y%m%d", "%m/%d/%Y",
  ]

  init?(_ node: ManifestNode?, in scope: BuildScope) {
    guard let node, let field = node["cursor_field"] else { return nil }
    let config = scope.templateConfig
    let parameters = node["$parameters"]?.value.object ?? [:]
    let context = EvaluationContext(config: config)
    func text(_ key: String) -> String? {
      node[key].flatMap { try? InterpolatedString($0, parameters: parameters).string(context) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    guard let name = try? InterpolatedString(field, parameters: parameters).string(context) else { return nil }
    self.field = name.split(separator: ".").map(String.init)
    isFeed = node["is_data_feed"]?.bool ?? false
    let inputs = (node["cursor_datetime_formats"]?.sequence ?? []).compactMap(\.string)
    let output = node["datetime_format"]?.string
    format = output == nil ? nil : inputs.first ?? output
    formats = [output].compactMap { $0 } + inputs
    names = (text("partition_field_start") ?? "start_time", text("partition_field_end") ?? "end_time")
    places = (
      RequestPlace(node["start_time_option"], config: config, parameters: parameters),
      RequestPlace(node["end_time_option"], config: config, parameters: parameters)
    )
    func moment(_ key: String) -> Int64? {
      guard let output, let given = node[key], given.string != "" else { return nil }
      let time = try? MinMaxDatetime(given, parameters: parameters, in: scope).moment(DatetimeParser(format: output))
      return time.map { Int64(clamping: $0.epochMicroseconds) }
    }
    bounds = (moment("start_datetime"), moment("end_datetime"))
  }

  /// The window that a request asks for, in microseconds since the epoch.
  func window(of request: MockRequest, _ gaps: [String: String], now: Int64) -> (start: Int64, end: Int64) {
    func bound(_ name: String, _ place: RequestPlace?) -> Int64? {
      let text = place?.value(in: request) ?? gaps[name] ?? gaps.first { $0.key.contains(name) }?.value
      return text.flatMap(moment)
    }
    let day: Int64 = 86_400_000_000
    let asked = bound(names.end, places.end)
    // As the manifest writes it, which may be a whole day.
    let latest = min(bounds.latest ?? now, now)
    let end = min(asked ?? formats.first.flatMap { self.moment(ValueMaker.text(latest, $0)) } ?? latest, now)
    let start = bound(names.start, places.start) ?? min(max(bounds.earliest ?? end - day, end - day), end)
    return start <= end ? (start, end) : (start, max(start, asked ?? start))
  }

  /// Whether a variable is a bound of a window.
  func isBound(_ name: String) -> Bool { name.contains(names.start) || name.contains(names.end) }

  /// Whether a request asks for a window at all.
  func isAsked(in request: MockRequest, _ gaps: [String: String]) -> Bool {
    places.start?.value(in: request) != nil || places.end?.value(in: request) != nil || gaps.keys.contains(where: isBound)
  }

  private func moment(_ text: String) -> Int64? {
    for format in formats + Self.usual {
      if let time = try? DatetimeParser(format: format).parse(text) { return Int64(clamping: time.epochMicroseconds) }
    }
    guard let number = Double(text) else { return nil }
    // Seconds or milliseconds since the epoch.
    return Int64(number < 100_000_000_000 ? number * 1_000_000 : number * 1_000)
  }

  /// The value that a record has in its cursor field.
  /// - Parameter isNumber: whether the schema wants a number there.
  func value(at moment: Int64, number: Int, isNumber: Bool) -> JSONValue {
    guard let format else { return .int(number) }
    let text = ValueMaker.text(moment, format)
    return isNumber || format == "%s" || format == "%ms" || format == "%epoch_microseconds"
      ? Int(text).map { .int($0) } ?? Double(text).map { .double($0) } ?? .string(text) : .string(text)
  }
}
