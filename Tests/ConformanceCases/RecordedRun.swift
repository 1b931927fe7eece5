import JSON

/// What the reference did at a command.
package struct RecordedRun: Sendable {
  /// The messages, a line of JSON each.
  package let messages: [String]
  /// The requests, each once, with `times` where that is not 1.
  package let requests: [JSONValue]
  package let exit: Int
  /// Seconds.
  package let sleeps: [Double]

  /// - Parameter failureType: what the errors are called here that the reference calls a `system_error`; nil for that.
  init(_ run: JSONValue, failureType: String?) throws {
    messages = try Self.lines(run["messages"]).map { line in
      let message = try Self.message(line)
      guard let failureType else { return message }
      return message.replacing(#""failure_type":"system_error""#, with: #""failure_type":"\#(failureType)""#)
    }
    requests = try Self.lines(run["requests"]).map(Self.request)
    exit = run["exit"]?.int ?? 0
    sleeps = (run["sleeps"]?.array ?? []).compactMap(\.double)
  }

  private static func lines(_ text: JSONValue?) -> [Substring] { (text?.string ?? "").split(separator: "\n") }

  /// The message that a line stands for: see `message_of` in `cases.py`.
  private static func message(_ line: Substring) throws -> String {
    if line.hasPrefix("{") { return String(line) }
    let (stream, rest) = try halves(of: line)
    switch stream {
    case "ERROR": return #"{"type":"TRACE","trace":{"type":"ERROR","error":{"failure_type":"\#(rest)"}}}"#
    case "CHECK": return #"{"type":"CONNECTION_STATUS","connectionStatus":{"status":"\#(rest)"}}"#
    default: return try message(of: JSONValue.string(String(stream)).jsonText, rest)
    }
  }

  /// - Parameter stream: the stream's name as JSON.
  private static func message(of stream: String, _ text: Substring) throws -> String {
    if text.hasPrefix("{") { return #"{"type":"RECORD","record":{"stream":\#(stream),"data":\#(text)}}"# }
    let descriptor = #""stream_descriptor":{"name":\#(stream)}"#
    guard text.contains(" ") else {
      let status = text == "RATE_LIMITED" ? #""RUNNING","reasons":[{"type":"RATE_LIMITED"}]"# : "\"\(text)\""
      return #"{"type":"TRACE","trace":{"type":"STREAM_STATUS","stream_status":{\#(descriptor),"status":\#(status)}}}"#
    }
    let (kind, rest) = try halves(of: text)
    if kind == "ERROR" {
      return #"{"type":"TRACE","trace":{"type":"ERROR","error":{"failure_type":"\#(rest)",\#(descriptor)}}}"#
    }
    guard kind == "STATE", let end = rest.lastIndex(of: " ") else { throw CaseError("no message: \(text)") }
    let (state, count) = (rest[..<end], rest[rest.index(after: end)...])
    let parts = #""stream":{\#(descriptor),"stream_state":\#(state)},"sourceStats":{"recordCount":\#(count).0}"#
    return #"{"type":"STATE","state":{"type":"STREAM",\#(parts)}}"#
  }

  /// The request that a line stands for: see `request_of` in `cases.py`.
  private static func request(_ line: Substring) throws -> JSONValue {
    if line.hasPrefix("{") { return try JSONValue(parsing: String(line)) }
    let words = line.split(separator: " ", maxSplits: 2)
    guard words.count > 1 else { throw CaseError("no request: \(line)") }
    let target = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var request: JSONObject = ["method": .string(String(words[0])), "path": .string(String(target[0]))]
    if target.count > 1 {
      let pairs = target[1].split(separator: "&", omittingEmptySubsequences: false)
        .map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
      request["query"] = .array(pairs.map { pair in .array(pair.map { .string(String($0)) }) })
    }
    request["headers"] = ["accept": "*/*"]
    let rest = words.count > 2 ? try JSONValue(parsing: String(words[2])).object : nil
    return .object(request.merging(rest ?? [:]) { $1 })
  }

  private static func halves(of text: Substring) throws -> (Substring, Substring) {
    guard let space = text.firstIndex(of: " ") else { throw CaseError("no message: \(text)") }
    return (text[..<space], text[text.index(after: space)...])
  }
}
