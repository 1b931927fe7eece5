import JSON

/// A message, reduced to what is compared: without times, sentences, and the order of partitions in a state.
enum Message {
  case record(stream: String, JSONValue)
  case state(stream: String, JSONValue)
  case status(stream: String, JSONValue)
  case error(stream: String?, JSONValue)
  /// SPEC, CATALOG, CONNECTION_STATUS and CONTROL.
  case other(JSONValue)
  /// LOG and the like.
  case uncompared

  init(_ message: JSONValue) {
    self = Message.read(message) ?? .uncompared
  }

  private static func read(_ message: JSONValue) -> Message? {
    switch message["type"]?.string {
    case "RECORD":
      guard let record = message["record"], let stream = record["stream"]?.string else { return .other(message) }
      return .record(stream: stream, record.without("emitted_at"))
    case "STATE":
      guard let state = message["state"], let stream = streamName(in: state["stream"]) else { return .other(message) }
      return .state(stream: stream, steady(state))
    case "TRACE":
      return message["trace"].flatMap(readTrace)
    case "CONNECTION_STATUS":
      return .other(["type": "CONNECTION_STATUS", "status": message["connectionStatus"]?["status"] ?? .null])
    case "SPEC", "CATALOG":
      return .other(message)
    case "CONTROL":
      return .other(["type": "CONTROL", "control": message["control"]?.without("emitted_at") ?? .null])
    default:
      return nil
    }
  }

  private static func readTrace(_ trace: JSONValue) -> Message? {
    if let error = trace["error"] {
      return .error(stream: streamName(in: error), error["failure_type"] ?? .null)
    }
    guard let status = trace["stream_status"], let stream = streamName(in: status) else { return nil }
    return .status(stream: stream, status.without("stream_descriptor"))
  }

  private static func streamName(in value: JSONValue?) -> String? {
    value?["stream_descriptor"]?["name"]?.string
  }

  /// A state without measured durations, its partitions in a fixed order.
  static func steady(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let elements):
      return .array(elements.map(steady))
    case .object(let members):
      var members = members.mapValues(steady)
      members["lookback_window"] = nil
      if case .array(let states) = members["states"] {
        members["states"] = .array(states.sorted { $0.canonicalText < $1.canonicalText })
      }
      return .object(members)
    default:
      return value
    }
  }
}
