import AirbyteProtocol
import JSON

/// A line that a tap prints to standard error: a line of its log, or a measurement.
struct TapLogLine: Sendable, Equatable {
  var level: LogLevel
  var message: String
  /// What is measured, where the line says so.
  var metric: TapMetric?

  /// - Parameter level: that of the line before, for those that say none themselves, such as the lines of a traceback.
  init(_ text: String, following level: LogLevel = .info) {
    let line = text.trimmingSuffix(while: \.isWhitespace)
    metric = TapMetric(line)
    if let structured = Self.structured(String(line)) {
      self.level = structured.level
      message = structured.message
      metric = structured.metric ?? metric
      return
    }
    self.level = Self.level(in: line) ?? (line.first?.isWhitespace == true || line.hasPrefix("Traceback") ? level : .info)
    message = String(line)
  }

  private init(level: LogLevel, message: String, metric: TapMetric?) {
    self.level = level
    self.message = message
    self.metric = metric
  }

  private static let names: [String: LogLevel] = [
    "CRITICAL": .fatal, "FATAL": .fatal, "ERROR": .error, "EXCEPTION": .error, "WARNING": .warn, "WARN": .warn, "INFO": .info,
    "DEBUG": .debug, "TRACE": .trace,
  ]

  /// The level by the first word in capitals that is one, near the beginning: `time=… level=INFO …`, `2026-… | INFO | …`, `INFO …`.
  private static func level(in line: some StringProtocol) -> LogLevel? {
    let beginning = line.prefix(160)
    for word in beginning.split(whereSeparator: { !$0.isLetter }) {
      if let level = names[String(word)] { return level }
    }
    if let range = beginning.firstRange(of: "level=") {
      return names[beginning[range.upperBound...].prefix(while: \.isLetter).uppercased()]
    }
    // The last line of a traceback.
    let name = beginning.prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
    let isException = (name.hasSuffix("Error") || name.hasSuffix("Exception")) && beginning.dropFirst(name.count).hasPrefix(":")
    return isException ? .error : nil
  }

  /// A line in the form of JSON, as the structured logs of the Singer SDK are.
  private static func structured(_ line: String) -> TapLogLine? {
    guard line.hasPrefix("{"), let value = try? JSONValue(parsing: line), let level = value["level"]?.string,
      let known = names[level.uppercased()]
    else { return nil }
    guard let message = (value["message"] ?? value["event"] ?? value["msg"])?.string else { return nil }
    let metric = (value["metric_info"] ?? value["point"]).flatMap { TapMetric(value: $0) } ?? TapMetric(message)
    return TapLogLine(level: known, message: message, metric: metric)
  }
}

/// A measurement of a tap: `METRIC: {"type": "counter", "metric": "record_count", "value": 4, "tags": {…}}`.
struct TapMetric: Sendable, Equatable {
  var metric: String
  var value: Double
  /// What it is about, such as the stream or the endpoint.
  var tags: JSONObject

  init?(_ line: some StringProtocol) {
    guard let mark = line.firstRange(of: "METRIC: ") ?? line.firstRange(of: "METRIC:"),
      let value = try? JSONValue(parsing: String(line[mark.upperBound...]))
    else { return nil }
    self.init(value: value)
  }

  init?(value: JSONValue) {
    guard let metric = (value["metric"] ?? value["metric_name"])?.string, let number = value["value"]?.double else { return nil }
    self.metric = metric
    self.value = number
    tags = value["tags"]?.object ?? [:]
  }
}

extension StringProtocol {
  fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> SubSequence {
    var rest = self[...]
    while let last = rest.last, predicate(last) { rest = rest.dropLast() }
    return rest
  }
}
