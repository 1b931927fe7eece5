import Foundation
import JSON
import Synchronization
import Testing

@testable import Components
@testable import ConnectorModel
@testable import Engine
@testable import HTTP
@testable import Secrets

/// What `--debug` shows of a run.
@Suite struct DebugLogTests {
  /// Answers each request by its path, the n-th to a path with the n-th answer.
  private final class PathTransport: Transport {
    typealias Answer = (status: Int, headers: HTTPHeaders, body: String)
    private let answers: Mutex<[String: [Answer]]>

    init(_ answers: [String: [Answer]]) { self.answers = Mutex(answers) }

    func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
      let path = RequestURL(request.url).path
      let answer = answers.withLock { answers -> Answer? in
        guard let first = answers[String(path)]?.first else { return nil }
        if (answers[String(path)]?.count ?? 0) > 1 { answers[String(path)]?.removeFirst() }
        return first
      }
      guard let answer else { throw TransportError(.connectionLost, "the connection was lost") }
      return HTTPResponse(status: answer.status, headers: answer.headers, body: Data(answer.body.utf8), url: request.url)
    }
  }

  private struct Line {
    let message: String
    let data: JSONValue
  }

  private static let items = """
    {type: DeclarativeStream, name: items, schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}},
      retriever: {type: SimpleRetriever,
        requester: {type: HttpRequester, url_base: "https://api.test/", path: items, http_method: POST, AUTHENTICATOR
          request_headers: {X-Api-Key: "{{ config['key'] }}", Accept: text/x}, request_body_json: {since: may, password: "hunter2"},
          error_handler: {type: DefaultErrorHandler,
            response_filters: [{type: HttpResponseFilter, http_codes: [429], action: RATE_LIMITED}],
            backoff_strategies: [{type: WaitTimeFromHeader, header: Retry-After}]}},
        paginator: {type: DefaultPaginator, page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: after},
          pagination_strategy: {type: CursorPagination, cursor_value: "{{ response['next'] }}"}},
        record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [items]},
          record_filter: {type: RecordFilter, condition: "{{ record['id'] != 2 }}"}}}}
    """

  /// The LOG lines of a read at the level DEBUG.
  private static func lines(
    of streams: String = items.replacing("AUTHENTICATOR", with: ""), reading names: [String] = ["items"],
    _ answers: [String: [PathTransport.Answer]], isDebugging: Bool = true
  ) async throws -> [Line] {
    let manifest = """
      version: 7.39.1
      type: DeclarativeSource
      check: {type: CheckStream, stream_names: [items]}
      streams: [\(streams)]
      spec: {type: Spec, connection_specification: {type: object, properties: {key: {type: string, airbyte_secret: true}}}}

      """
    let world = TestWorld([])
    let mask = SecretMask()
    let output = CollectedOutput()
    let writer = MessageWriter(output: output, mask: mask, now: world.runtime.now)
    let runtime = RuntimeEnvironment(
      now: world.runtime.now, sleep: world.runtime.sleep, random: { 0.5 }, transport: PathTransport(answers),
      log: RunLog(writer: writer, isDebugging: isDebugging), secrets: mask)
    var input = try ConnectorInput.reading(names)
    input.config = ["key": "KEY-Zx81Qpl0"]
    let connector = try await Connector.load(.text(Array(manifest.utf8), name: "manifest.yaml"), input, runtime: runtime)
    _ = try await connector.readValidated(input.catalog, to: writer)
    #expect(!output.lines.contains { $0.contains("Zx81Qpl0") || $0.contains("hunter2") })
    return try output.lines.map { try JSONValue(parsing: Array($0.utf8)) }.compactMap { message in
      guard let log = message["log"], log["level"] == "DEBUG" else { return nil }
      return Line(message: log["message"]?.string ?? "", data: log["data"] ?? .null)
    }
  }

  @Test func aBodyThatIsReceivedInPartsShowsItsBeginning() async throws {
    let output = CollectedOutput()
    let mask = SecretMask()
    mask.hide("Zx81Qpl0")
    let world = TestWorld([])
    var runtime = world.runtime
    runtime.secrets = mask
    runtime.log = RunLog(writer: MessageWriter(output: output, mask: mask, now: { 0 }), isDebugging: true)
    let parts = [#"{"id": 1, "key": "Zx81Qpl0"}"#, "\n", #"{"id": 2}"#].map { Data($0.utf8) }
    let url = "https://api.test/items"
    let response = try await HTTPResponse(status: 200, headers: [], content: .streaming(DataBody(parts)), url: url).begun()
    ExchangeLog(name: "items", runtime: runtime).received(
      response, to: HTTPRequest(method: "GET", url: url), since: runtime.now())
    let line = try JSONValue(parsing: Array(#require(output.lines.first).utf8))
    #expect(
      line["log"]?["message"]?.string
        == #"items: status 200 after 0.000 s, with a body that is received in parts: {"id": 1, "key": "****"} (GET https://api.test/items)"#
    )
    #expect(line["log"]?["data"]?["seconds"] == .double(0))
  }

  private static let pages: [PathTransport.Answer] = [
    (429, [("Retry-After", "3")], #"{"message": "slow down"}"#),
    (200, [("Content-Type", "application/json")], #"{"items": [{"id": 1}, {"id": 2}, {"id": 3}], "next": "p2"}"#),
    (307, [("Location", "https://api.test/moved")], ""),
  ]

  @Test func aRunAtTheLevelDEBUG() async throws {
    let lines = try await Self.lines([
      "/items": Self.pages, "/moved": [(200, [], #"{"items": [{"id": 4}], "key": "KEY-Zx81Qpl0"}"#)],
    ])
    let request = #"items: sending POST https://api.test/items, with the body {"since": "may", "password": "****"}"#
    let expected = [
      request, #"items: status 429 after 0.000 s, 24 bytes: {"message": "slow down"} (POST https://api.test/items)"#,
      "items: status 429: RATE_LIMITED, as HttpResponseFilter at "
        + "streams[0].retriever.requester.error_handler.response_filters[0], manifest.yaml:",
      "items: WaitTimeFromHeader (Retry-After: 3) at streams[0].retriever.requester.error_handler.backoff_strategies[0], manifest.yaml:",
      request.replacing(", with", with: ", attempt 2, with"),
      #"items: status 200 after 0.000 s, 58 bytes: {"items": [{"id": 1}, {"id": 2}, {"id": 3}], "next": "p2"} "#
        + "(POST https://api.test/items)",
      "items: of 3 records the record filter at streams[0].retriever.record_selector.record_filter, manifest.yaml:",
      "items: a page of 2 records (3 extracted, 1 of them dropped by filter or cursor); the next page's token is p2",
      request.replacing("/items,", with: "/items?after=p2,"),
      "items: status 307 redirects to POST https://api.test/moved",
      #"items: status 200 after 0.000 s, 45 bytes: {"items": [{"id": 4}], "key": "****"} (POST https://api.test/moved)"#,
      "items: a page of 1 records (1 extracted, 0 of them dropped by filter or cursor); there is no next page",
    ]
    #expect(lines.count == expected.count)
    for (line, expected) in zip(lines, expected) { #expect(line.message.hasPrefix(expected)) }
    #expect(lines[3].message.hasSuffix(" asks to wait 3.0 s"))
    #expect(lines[6].message.hasSuffix(" dropped 1, and the cursor 0"))
    #expect(lines[0].data["headers"]?["X-Api-Key"] == "****")
    #expect(lines[0].data["headers"]?["Accept"] == "text/x")
    #expect(lines[0].data["method"] == "POST")
    #expect(lines[0].data["url"] == "https://api.test/items")
    #expect(lines[0].data["request_body"] == #"{"since": "may", "password": "****"}"#)
    #expect(lines[4].data["attempt"] == 2)
    #expect(lines[5].data["status"] == 200)
    #expect(lines[5].data["size"] == 58)
    #expect(lines[5].data["headers"] == ["Content-Type": "application/json"])
    #expect(lines[7].data == ["extracted": 3, "dropped": 1, "records": 2])
  }

  @Test func nothingIsMadeWhereNobodyAsks() async throws {
    #expect(try await Self.lines(["/items": [(200, [], #"{"items": []}"#)]], isDebugging: false).isEmpty)
  }

  @Test func aLostConnectionAndTheWaitAfterIt() async throws {
    let lines = try await Self.lines([:]).map(\.message)
    #expect(lines[1] == "items: no answer after 0.000 s: the connection was lost (POST https://api.test/items)")
    #expect(lines[2] == "items: a request without an answer: RETRY, as the defaults say")
    #expect(lines[3] == "items: the default (1, 2, 4 … s) asks to wait 1.0 s")
  }

  @Test func aResponseFromTheCache() async throws {
    let child = """
      {type: DeclarativeStream, name: NAME, schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}},
        retriever: {type: SimpleRetriever, requester: {type: HttpRequester, url_base: "https://api.test/", path: items, use_cache: true},
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [items]}}}}
      """
    let streams = ["a", "b"].map { child.replacing("NAME", with: $0) }.joined(separator: ", ")
    let lines = try await Self.lines(of: streams, reading: ["a", "b"], ["/items": [(200, [], #"{"items": []}"#)]]).map(\.message)
    #expect(lines.count { $0.hasSuffix(": taken from the response cache: https://api.test/items") } == 1)
    #expect(lines.count { $0.contains("sending") } == 1)
  }

  /// What is sent for a login, and what comes back.
  @Test(arguments: [
    """
    {type: OAuthAuthenticator, token_refresh_endpoint: "https://api.test/token", client_id: ann, client_secret: "s3cr3t-x",
      refresh_token: r3fr3sh-x},
    """,
    """
    {type: SessionTokenAuthenticator, session_token_path: [access_token], request_authentication: {type: Bearer}, login_requester: {
      type: HttpRequester, url: "https://api.test/token", http_method: POST, request_body_json: {user: ann, password: s3cr3t-x}}},
    """,
    """
    {type: LegacySessionTokenAuthenticator, header: X-Session, login_url: token, validate_session_url: valid,
      session_token_response_key: access_token, username: ann, password: s3cr3t-x},
    """,
  ])
  func loginsAreShownWithoutTheirSecrets(authenticator: String) async throws {
    let lines = try await Self.lines(
      of: Self.items.replacing("AUTHENTICATOR", with: "authenticator: \(authenticator)"),
      ["/token": [(200, [], #"{"access_token": "t0ken-4711", "note": "plain"}"#)], "/items": [(200, [], #"{"items": []}"#)]])
    let login = try #require(lines.first { $0.message.contains("sending POST https://api.test/token") })
    #expect(login.data["request_body"]?.string?.contains("ann") == true)
    #expect(login.data["request_body"]?.string?.contains("****") == true)
    #expect(
      lines.contains { $0.message.contains("which are not shown, because they answer a login (POST https://api.test/token)") })
    for line in lines {
      for secret in ["s3cr3t", "r3fr3sh", "plain", "t0ken-4711"] {
        #expect(!line.message.contains(secret) && !line.data.jsonText.contains(secret), "\(line.message)")
      }
    }
  }
}
