import AirbyteProtocol
import Concurrency
import ConnectorModel
import Essentials
import HTTP
import JSON
import Manifest
import PythonTime
import Secrets

/// Writes an exchange as an entry of a HAR file.
struct HAREntryEncoder: Sendable {
  let bodies: RecordedBodies
  let placeholders: SecretPlaceholders
  private let readings = TemplateReadings()

  init(bodies: RecordedBodies, placeholders: SecretPlaceholders) {
    self.bodies = bodies
    self.placeholders = placeholders
  }

  /// Longer bodies are not recorded.
  static let longestBody = 64 << 20

  /// What is recorded of a body.
  private enum Content {
    case text(String)
    case base64(String)
    /// Nothing, for a reason.
    case absent(String)
  }

  /// The entry as JSON, in one line.
  func entry(_ exchange: TrafficRecorder.Exchange, waits: [JSONValue]) -> [UInt8] {
    let answer = exchange.answer
    let ended = answer?.moment.time ?? exchange.started
    var origins = placeholders.origins
    let milliseconds = JSONValue.double(Double(max(0, ended - exchange.started)) / 1_000)
    var entry: JSONObject = [
      "startedDateTime": .string(Self.moment(exchange.started)), "time": milliseconds,
      "request": .object(request(exchange.request, &origins)), "response": .object(response(answer, &origins)), "cache": [:],
      "timings": ["send": 0, "wait": milliseconds, "receive": 0],
      RecordingNotes.number: .int(exchange.number),
    ]
    if let answer {
      entry[RecordingNotes.time] = .int(Int(answer.moment.time))
      entry[RecordingNotes.order] = .int(answer.moment.order)
    }
    if let origin = exchange.request.origin {
      note(origin, in: &entry)
      if let explanation = RequestExplainer.explanation(of: exchange.request, readings) {
        let json = explanation.json
        // Most hold no secret, which is seen soonest in all of it at once: a search undoes the escapes of JSON.
        entry[RecordingNotes.explanation] = placeholders.isPlain(json.jsonText) ? json : masked(json)
      }
      if let history = origin.history { note(history, in: &entry) }
    }
    if !origins.notes.isEmpty { entry[RecordingNotes.secrets] = .object(origins.notes) }
    if answer?.body != nil { entry[RecordingNotes.parts] = true }
    if let failure = answer?.failure { entry[RecordingNotes.failure] = .object(failure.note.mapValues(masked)) }
    if !waits.isEmpty { entry[RecordingNotes.waits] = .array(waits) }
    return Array(JSONValue.object(entry).jsonText.utf8)
  }

  private func note(_ origin: RequestOrigin, in entry: inout JSONObject) {
    if !origin.requester.stream.isEmpty { entry[RecordingNotes.stream] = masked(.string(origin.requester.stream)) }
    if !origin.slice.merged.isEmpty { entry[RecordingNotes.slice] = masked(.object(origin.slice.merged)) }
    entry[RecordingNotes.component] = .string(origin.requester.node.path)
    entry[RecordingNotes.attempt] = .int(origin.attempt)
    var places: JSONObject = [:]
    for (part, node) in origin.requester.places { if let mark = node.mark { places[part] = .string("\(mark)") } }
    if !places.isEmpty { entry[RecordingNotes.places] = .object(places) }
  }

  private func note(_ history: RequestHistory, in entry: inout JSONObject) {
    let delays = history.delays
    if !delays.isEmpty {
      entry[RecordingNotes.delays] = .array(
        delays.map { masked(["seconds": .double($0.seconds), "by": .string($0.policy)]) })
    }
    guard let verdict = history.verdict else { return }
    var note: JSONObject = ["action": .string(verdict.action.rawValue)]
    if let judge = verdict.judge { note["by"] = .string(judge) }
    if let message = verdict.message { note["message"] = .string(message) }
    entry[RecordingNotes.verdict] = masked(.object(note))
  }

  // MARK: Requests

  private func request(_ request: HTTPRequest, _ origins: inout SecretOrigins) -> JSONObject {
    let url = placeholders.masked(request.url, noting: &origins)
    let query = QueryText(RequestURL(url).query ?? "")
    var json: JSONObject = [
      "method": .string(request.method), "url": .string(url), "httpVersion": "HTTP/1.1", "cookies": [],
      "headers": headers(request.headers, &origins),
      "queryString": .array(query.fields.map { ["name": .string($0.name), "value": .string($0.value ?? "")] }),
      "headersSize": -1, "bodySize": .int(request.body?.count ?? 0),
    ]
    guard let body = request.body else { return json }
    var posted: JSONObject = ["mimeType": .string(request.header("Content-Type") ?? ""), "text": ""]
    switch content(Data(body), keepsNumbers: false, &origins) {
    case .text(let text): posted["text"] = .string(text)
    case .base64(let text):
      posted["text"] = .string(text)
      posted["_encoding"] = "base64"
    case .absent(let reason):
      posted = ["mimeType": posted["mimeType"] ?? "", "params": [], RecordingNotes.absence: .string(reason)]
    }
    json["postData"] = .object(posted)
    return json
  }

  // MARK: Responses

  private func response(_ answer: TrafficRecorder.Answer?, _ origins: inout SecretOrigins) -> JSONObject {
    guard let answer, let response = answer.response else {
      return [
        "status": 0, "statusText": "", "httpVersion": "", "cookies": [], "headers": [],
        "content": ["size": 0, "mimeType": "x-unknown"], "redirectURL": "", "headersSize": -1, "bodySize": -1,
      ]
    }
    let body = Result { try self.body(of: response, answer) }
    let size = (try? body.get())?.count ?? 0
    var content: JSONObject = ["size": .int(size), "mimeType": .string(response.header("Content-Type") ?? "x-unknown")]
    switch self.content(body, &origins) {
    case .text(let text): content["text"] = .string(text)
    case .base64(let text):
      content["text"] = .string(text)
      content["encoding"] = "base64"
    case .absent(let reason): content[RecordingNotes.absence] = .string(reason)
    }
    return [
      "status": .int(response.status), "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [],
      "headers": headers(response.headers, &origins), "content": .object(content),
      "redirectURL": masked(.string(response.header("Location") ?? "")), "headersSize": -1, "bodySize": .int(size),
    ]
  }

  private struct TooLong: Error {}

  private func body(of response: HTTPResponse, _ answer: TrafficRecorder.Answer) throws -> Data {
    guard let spooled = answer.body else { return response.body }
    if bodies == .none { return Data() }
    var data = Data()
    while true {
      let part = try spooled.part(at: data.count)
      if part.isEmpty { return data }
      data += part
      if data.count > Self.longestBody { throw TooLong() }
    }
  }

  private func content(_ body: Result<Data, any Error>, _ origins: inout SecretOrigins) -> Content {
    switch body {
    case .success(let data): content(data, keepsNumbers: true, &origins)
    case .failure(is TooLong): .absent("The body has more than \(Self.longestBody >> 20) MB and was not recorded.")
    case .failure(let error): .absent("The body could not be recorded: \(error)")
    }
  }

  private func content(_ data: Data, keepsNumbers: Bool, _ origins: inout SecretOrigins) -> Content {
    guard bodies != .none else { return .absent("Recorded without bodies.") }
    guard data.count <= Self.longestBody else { return content(.failure(TooLong()), &origins) }
    if let text = String(validating: data, as: UTF8.self), !text.utf8.contains(0) {
      return .text(placeholders.masked(text, keepsNumbers: keepsNumbers, noting: &origins))
    }
    guard bodies == .all else { return .absent("The body is not text and was not recorded.") }
    return .base64(placeholders.masked(data, keepsNumbers: keepsNumbers, noting: &origins).base64EncodedString())
  }

  // MARK: Parts

  private func headers(_ headers: some Sequence<HTTPHeaders.Header>, _ origins: inout SecretOrigins) -> JSONValue {
    var list: [JSONValue] = []
    for (name, value) in headers {
      list.append(["name": .string(name), "value": .string(placeholders.masked(value, noting: &origins))])
    }
    return .array(list)
  }

  private func masked(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): .string(placeholders.masked(text))
    case .array(let elements): .array(elements.map(masked))
    case .object(let members): .object(members.mapValues(masked))
    case .int, .number: maskedNumber(value)
    default: value
    }
  }

  private func maskedNumber(_ value: JSONValue) -> JSONValue {
    let text = value.jsonText
    let masked = placeholders.masked(text)
    return masked == text ? value : .string(masked)
  }

  private static func moment(_ time: Int64) -> String {
    (try? PyDateTime(epochMicroseconds: Int128(time)))?.isoFormat(timeSpec: .milliseconds) ?? "1970-01-01T00:00:00.000+00:00"
  }
}
