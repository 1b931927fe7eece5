import Foundation
import JSON
import Synchronization

/// The routes of an `api.json`: the first that fits a request answers it, by its table or the n-th identical request with its n-th
/// answer.
final class Script: Sendable {
  private let routes: [JSONValue]
  private let seen = Mutex<[String: Int]>([:])
  private let unanswered = Mutex<Set<String>>([])

  init(_ api: JSONValue) {
    routes = api["routes"]?.array ?? []
  }

  func answer(_ request: ScriptedRequest) -> ScriptedAnswer {
    let turn = seen.withLock { seen in
      let turn = seen[request.identity, default: 0]
      seen[request.identity] = turn + 1
      return turn
    }
    for route in routes where Self.fits(route, request) {
      if let table = route["table"] { return ScriptedAnswer(["json": ScriptedTable(table).page(for: request)]) }
      let sequence = route["sequence"]?.array ?? []
      let answer = sequence.indices.contains(turn) ? sequence[turn] : sequence.last
      if let answer, answer != "pass" { return ScriptedAnswer(answer) }
    }
    unanswered.withLock { _ = $0.insert(request.identity) }
    return ScriptedAnswer(["status": .int(404), "json": ["error": "no route"]])
  }

  /// The requests that no route fitted, by their identity; they are forgotten.
  func takeUnanswered() -> Set<String> {
    unanswered.withLock { unanswered in
      defer { unanswered = [] }
      return unanswered
    }
  }

  private static func fits(_ route: JSONValue, _ request: ScriptedRequest) -> Bool {
    if let method = route["method"]?.string, method != request.method { return false }
    guard let path = route["path"]?.string, fits(path: path, request.path) else { return false }
    for (name, value) in route["query"]?.object ?? [:] {
      guard request.query.last(where: { $0[0] == name })?[1] == value.string else { return false }
    }
    for (name, value) in route["headers"]?.object ?? [:] where request.headers[name.lowercased()] != value.string {
      return false
    }
    return route["body"].map { $0.canonicalText == request.body?.canonicalText } ?? true
  }

  /// A path that ends in a star fits all that begin like it.
  private static func fits(path: String, _ requested: String) -> Bool {
    path.hasSuffix("*") ? requested.hasPrefix(path.dropLast()) : requested == path
  }
}

/// An answer of an `api.json`.
struct ScriptedAnswer: Sendable {
  let status: Int
  let headers: [(name: String, value: String)]
  let body: Data
  /// After how many bytes of the body the connection breaks off; nil for a body that is sent whole.
  let cut: Int?

  init(_ answer: JSONValue) {
    status = answer["status"]?.int ?? 200
    cut = answer["cut"]?.int
    var headers = (answer["headers"]?.object ?? [:]).map { (name: $0.key, value: $0.value.string ?? $0.value.jsonText) }
    if let base64 = answer["base64"]?.string {
      body = Data(base64Encoded: base64) ?? Data()
    } else if let text = answer["text"]?.string {
      body = Data(text.utf8)
    } else if let json = answer["json"] {
      body = Data(json.jsonText.utf8)
      if !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
        headers.append((name: "Content-Type", value: "application/json"))
      }
    } else {
      body = Data()
    }
    self.headers = headers
  }
}
