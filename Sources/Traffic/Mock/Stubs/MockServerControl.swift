import ConnectorModel
import JSON

/// Lets MockServer's clients ask a mock for what it knows and what was asked of it, and change it, by `PUT /mockserver/…`.
package struct MockServerControl: MockAPI {
  let board: StubBoard
  let port: Int
  private let stop: @Sendable () -> Void

  /// - Parameter stop: asks the server to end once it has answered; it must not wait.
  package init(_ board: StubBoard, port: Int, stop: @escaping @Sendable () -> Void) {
    self.board = board
    self.port = port
    self.stop = stop
  }

  package func answer(_ request: MockRequest) async -> MockAnswer? {
    guard request.method == "PUT", request.path.hasPrefix("/mockserver/") else { return nil }
    do {
      return try answer(to: String(request.path.dropFirst("/mockserver/".count)), request)
    } catch {
      return MockAnswer(status: 400, headers: [("Content-Type", "text/plain")], body: Array("\(error)".utf8))
    }
  }

  private func answer(to command: String, _ request: MockRequest) throws -> MockAnswer? {
    func body() throws -> SourceNode { try SourceNode(parsing: request.body, name: "body") }
    switch command {
    case "status", "bind": return MockAnswer(json: ["ports": [.int(port)]])
    case "expectation":
      let stubs = try MockServerExpectations(now: board.now()).stubs(in: body())
      board.add(stubs)
      return MockAnswer(status: 201, json: .array(stubs.map(\.source)))
    case "clear":
      try clear(request.body.isEmpty ? nil : body(), request.parameter("type")?.uppercased() ?? "ALL")
      return MockAnswer()
    case "reset":
      board.reset()
      return MockAnswer()
    case "stop":
      stop()
      return MockAnswer()
    case "retrieve": return try retrieve(request.body.isEmpty ? nil : body(), request)
    case "verify": return try verify(body())
    case "verifySequence": return try verifySequence(body())
    default: return nil
    }
  }

  private func clear(_ node: SourceNode?, _ type: String) throws {
    let id = try node?.string("id")
    let isMatch = try matcher(node)
    if type != "LOG" {
      // MockServer takes the request of an expectation for one that could come.
      board.clearStubs { stub in
        if let id { return stub.id == id }
        return isMatch(Self.sample(of: stub.source["httpRequest"] ?? [:]))
      }
    }
    if type != "EXPECTATIONS", id == nil { board.clearLog(where: isMatch) }
  }

  /// What a matcher of a request takes; everything where there is none.
  private func matcher(_ node: SourceNode?) throws -> (MockRequest) -> Bool {
    guard let node else { return { _ in true } }
    let request = node["httpRequest"] ?? node
    guard request["id"] == nil else { return { _ in false } }
    let condition = try MockServerExpectations.condition(request)
    return { condition.holds(for: $0) }
  }

  private static func sample(of request: JSONValue) -> MockRequest {
    func first(_ value: JSONValue?) -> String { value?.array?.first?.string ?? value?.string ?? "" }
    let fields = request["queryStringParameters"]?.object?.map { "\($0.key)=\(first($0.value))" }.joined(separator: "&") ?? ""
    let path = (request["path"]?.string ?? "/") + (fields.isEmpty ? "" : "?" + fields)
    let body = request["body"].map { Array(($0.string ?? $0.jsonText).utf8) } ?? []
    return MockRequest(
      method: request["method"]?.string ?? "", url: "http://localhost" + path,
      headers: request["headers"]?.object?.map { ($0.key, first($0.value)) } ?? [], body: body)
  }

  private func retrieve(_ node: SourceNode?, _ request: MockRequest) throws -> MockAnswer {
    let isMatch = try matcher(node)
    switch request.parameter("type")?.uppercased() ?? "REQUESTS" {
    // Nothing is forwarded to another server.
    case "RECORDED_EXPECTATIONS": return MockAnswer(json: [])
    case "ACTIVE_EXPECTATIONS":
      let stubs = board.active.filter { node == nil || isMatch(Self.sample(of: $0.source["httpRequest"] ?? [:])) }
      return MockAnswer(json: .array(stubs.map(\.source)))
    case "REQUEST_RESPONSES":
      let entries = board.log.filter { isMatch($0.request) }
      return MockAnswer(
        json: .array(
          entries.map { entry in
            ["httpRequest": entry.request.description, "httpResponse": ["statusCode": .int(entry.answer?.status ?? 404)]]
          }))
    case "LOGS":
      let lines = board.log.filter { isMatch($0.request) }.map { "\($0.request.method) \($0.request.target)" }
      return MockAnswer(headers: [("Content-Type", "text/plain")], body: Array(lines.joined(separator: "\n").utf8))
    default: return MockAnswer(json: .array(board.log.filter { isMatch($0.request) }.map(\.request.description)))
    }
  }

  // MARK: Verification

  private func verify(_ node: SourceNode) throws -> MockAnswer {
    guard node["httpRequest"] != nil else { throw node.failure("A verification needs an `httpRequest`") }
    let isMatch = try matcher(node)
    let count = board.log.count { isMatch($0.request) }
    let least = try node["times"]?.int("atLeast") ?? (node["times"] == nil ? 1 : 0)
    let most = try node["times"]?.int("atMost")
    if count >= least, most.map({ count <= $0 || $0 < 0 }) ?? true { return MockAnswer(status: 202) }
    let wanted =
      most == least ? "exactly \(least) times" : "at least \(least) times" + (most.map { ", at most \($0) times" } ?? "")
    return Self.refusal(
      "Request not found \(wanted), expected:<\((node["httpRequest"]?.value ?? .null).jsonText)> but was asked for \(count) times"
    )
  }

  private func verifySequence(_ node: SourceNode) throws -> MockAnswer {
    let wanted = try (node["httpRequests"]?.elements ?? []).map { ($0.value, try MockServerExpectations.condition($0)) }
    var rest = board.log.map(\.request)[...]
    for (value, condition) in wanted {
      guard let place = rest.firstIndex(where: condition.holds) else {
        return Self.refusal("Request sequence not found, expected:<\(value.jsonText)> at this point")
      }
      rest = rest[place...].dropFirst()
    }
    return MockAnswer(status: 202)
  }

  private static func refusal(_ text: String) -> MockAnswer {
    MockAnswer(status: 406, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Array(text.utf8))
  }
}

extension MockRequest {
  /// The request in MockServer's form.
  fileprivate var description: JSONValue {
    func lists(_ fields: [(name: String, value: String)]) -> JSONValue {
      var lists: JSONObject = [:]
      for field in fields { lists[field.name] = .array((lists[field.name]?.array ?? []) + [.string(field.value)]) }
      return .object(lists)
    }
    var members: JSONObject = ["method": .string(method), "path": .string(path)]
    if !query.isEmpty { members["queryStringParameters"] = lists(query) }
    members["headers"] = lists(headers)
    if !body.isEmpty { members["body"] = json ?? .string(bodyText) }
    return .object(members)
  }
}
