import Components
import ConnectorModel
import JSON
import Manifest
import Traffic

/// A request with the reasons for its parts, planned or recorded.
package struct ExplainedRequest: Sendable {
  /// What happened to a request that was recorded.
  package struct Fate: Sendable {
    /// Nil if there was no answer.
    package var status: Int?
    /// When it began, in microseconds since the epoch.
    package var started: Int64
    /// How long it took, in microseconds.
    package var duration: Int64
    package var failure: String?
    /// What it waited for before it was sent.
    package var delays: [(seconds: Double, policy: String)]
    package var verdict: Verdict?
  }

  /// What was decided about the answer, and by whom.
  package struct Verdict: Sendable, Equatable {
    package var action: String
    /// Nil for the defaults.
    package var judge: String?
    package var message: String?
  }

  package var method: String
  package var url: String
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]?
  package var stream: String?
  package var slice: JSONObject
  /// The parent's record that the slice is of, if that is known.
  package var parentRecord: JSONObject?
  /// The path of the component that asked.
  package var component: String?
  package var attempt: Int
  package var explanation: RequestExplanation?
  /// Where the manifest has the parts, where nothing more is known of them.
  package var places: [(part: String, place: String)] = []
  /// Its number in a recording.
  package var number: Int?
  package var fate: Fate?

  /// A request on its way.
  package init(_ request: HTTPRequest) {
    method = request.method
    url = request.url
    headers = request.headers
    body = request.body
    let origin = request.origin
    stream = origin.flatMap { $0.requester.stream.isEmpty ? nil : $0.requester.stream }
    slice = origin?.slice.merged ?? [:]
    parentRecord = origin?.slice.extraFields[ParentStreamConfig.recordField]?.object
    component = origin?.requester.node.path
    attempt = origin?.attempt ?? 1
    explanation = RequestExplainer.explanation(of: request)
  }

  /// A request of a recording.
  package init(_ entry: HAREntry) {
    method = entry.request.method
    url = entry.request.url
    headers = entry.request.headers.map { ($0.name, $0.value) }
    body = entry.request.body.map { Array($0.data) }
    let notes = entry.notes
    number = notes[RecordingNotes.number]?.int
    stream = notes[RecordingNotes.stream]?.string
    slice = notes[RecordingNotes.slice]?.object ?? [:]
    component = notes[RecordingNotes.component]?.string
    attempt = notes[RecordingNotes.attempt]?.int ?? 1
    explanation = RequestExplanation(json: notes[RecordingNotes.explanation])
    places = (notes[RecordingNotes.places]?.object ?? [:]).compactMap { part, place in place.string.map { (part, $0) } }
    let verdict = notes[RecordingNotes.verdict]
    fate = Fate(
      status: entry.response.status > 0 ? entry.response.status : nil, started: entry.started, duration: entry.duration,
      failure: notes[RecordingNotes.failure]?["message"]?.string,
      delays: (notes[RecordingNotes.delays]?.array ?? []).compactMap { delay in
        delay["seconds"]?.double.map { ($0, delay["by"]?.string ?? "") }
      },
      verdict: verdict?["action"]?.string.map {
        Verdict(action: $0, judge: verdict?["by"]?.string, message: verdict?["message"]?.string)
      })
  }

  var bodyText: String? {
    guard let body, !body.isEmpty else { return nil }
    return String(validating: body, as: UTF8.self)
  }

  package func header(_ name: String) -> String? { headers.value(of: name) }

  /// The value of a part, as it is sent.
  func value(of part: RequestExplanation.Part) -> String? {
    switch part.kind {
    case .method: return method
    case .address: return nil
    case .parameter: return QueryText(RequestURL(url).query ?? "").firstValue(of: part.name)
    case .header: return header(part.name)
    case .body: return bodyText
    case .field:
      guard let bodyText else { return nil }
      if let value = (try? JSONValue(parsing: Array(bodyText.utf8)))?[part.name] { return value.string ?? value.jsonText }
      return QueryText(bodyText).firstValue(of: part.name)
    }
  }
}
