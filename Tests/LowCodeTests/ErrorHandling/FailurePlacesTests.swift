import Foundation
import JSON
import Testing

@testable import Components
@testable import ConnectorModel
@testable import Engine
@testable import Secrets

/// Wherever a request fails, whatever its status and the shape of its body: the API's words are in the error, in the log and in what a
/// check says.
@Suite struct FailurePlacesTests {
  /// Refuses whatever goes to `/fail`.
  private struct RefusingTransport: Transport {
    let status: Int
    let body: String

    func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
      let path = RequestURL(request.url).path
      let (status, body) =
        switch path {
        case "/fail": (status, body)
        case "/jobs": (200, #"{"id": 1}"#)
        case "/poll": (200, #"{"status": "done", "url": "https://api.test/fail"}"#)
        default: (200, #"[{"id": 1, "url": "https://api.test/fail"}]"#)
        }
      return HTTPResponse(status: status, headers: [], body: Data(body.utf8), url: request.url)
    }
  }

  enum Place: String, CaseIterable {
    case list, session, legacyLogin, legacyToken, oauth, parent, creation, polling, targets, download, schema, resolver, file,
      properties

    fileprivate var streams: String {
      switch self {
      case .list: "streams: [\(Self.stream(path: "fail"))]"
      case .session:
        Self.stream(
          authenticator: """
            {type: SessionTokenAuthenticator, session_token_path: [token], request_authentication: {type: Bearer},
              login_requester: {type: HttpRequester, url: "https://api.test/fail", http_method: POST}}
            """, isAlone: true)
      case .legacyLogin, .legacyToken:
        Self.stream(
          authenticator: """
            {type: LegacySessionTokenAuthenticator, header: X-Session, login_url: fail, validate_session_url: fail,
              session_token_response_key: token, username: ann, password: "\(self == .legacyLogin ? "p4ssw0rd" : "")",
              session_token: "\(self == .legacyToken ? "t0ken-of-ann" : "")"}
            """, isAlone: true)
      case .oauth:
        Self.stream(
          authenticator: """
            {type: OAuthAuthenticator, token_refresh_endpoint: "https://api.test/fail", client_id: ann, client_secret: s3cret,
              refresh_token: r3fresh}
            """, isAlone: true)
      case .parent:
        Self.stream(
          more: """
            partition_router: {type: SubstreamPartitionRouter, parent_stream_configs: [
              {type: ParentStreamConfig, parent_key: id, partition_field: part, stream: \(Self.stream("parents", path: "fail"))}]},
            """, isAlone: true)
      case .creation: Self.job(creation: "fail")
      case .polling: Self.job(polling: "fail")
      case .targets: Self.job(more: "download_target_requester: \(Self.requester("fail")), ")
      case .download: Self.job()
      case .schema:
        Self.stream(
          loader: """
            {type: DynamicSchemaLoader, retriever: \(Self.retriever(path: "fail")),
              schema_type_identifier: {type: SchemaTypeIdentifier, key_pointer: [name]}}
            """, isAlone: true)
      case .resolver:
        """
        dynamic_streams:
          - type: DynamicDeclarativeStream
            stream_template: \(Self.stream("template"))
            components_resolver:
              type: HttpComponentsResolver
              retriever: \(Self.retriever(path: "fail"))
              components_mapping: [{type: ComponentMappingDefinition, field_path: [name], value: items}]
        """
      case .file:
        Self.stream(
          uploader: """
            file_uploader: {type: FileUploader, requester: {type: HttpRequester, url: "{{ download_target }}"},
              download_target_extractor: {type: DpathExtractor, field_path: [url]}},
            """, isAlone: true)
      case .properties:
        Self.stream(
          parameters: """
            request_parameters: {fields: {type: QueryProperties, property_list: {type: PropertiesFromEndpoint,
              property_field_path: [name], retriever: \(Self.retriever(path: "fail"))}}},
            """, isAlone: true)
      }
    }

    private static func requester(
      _ path: String, _ method: String = "GET", authenticator: String = "{type: NoAuth}", parameters: String = ""
    ) -> String {
      """
      {type: HttpRequester, url_base: "https://api.test/", path: \(path), http_method: \(method), \(parameters)
        authenticator: \(authenticator)}
      """
    }

    private static func retriever(
      path: String, more: String = "", authenticator: String = "{type: NoAuth}", parameters: String = ""
    ) -> String {
      """
      {type: SimpleRetriever, \(more) requester: \(requester(path, authenticator: authenticator, parameters: parameters)),
        record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}}
      """
    }

    private static func stream(
      _ name: String = "items", path: String = "items", more: String = "", authenticator: String = "{type: NoAuth}",
      parameters: String = "", uploader: String = "",
      loader: String = "{type: InlineSchemaLoader, schema: {type: object, properties: {}}}", isAlone: Bool = false
    ) -> String {
      let stream = """
        {type: DeclarativeStream, name: \(name), \(uploader) schema_loader: \(loader),
          retriever: \(retriever(path: path, more: more, authenticator: authenticator, parameters: parameters))}
        """
      return isAlone ? "streams: [\(stream)]" : stream
    }

    private static func job(creation: String = "jobs", polling: String = "poll", more: String = "") -> String {
      """
      streams: [{type: DeclarativeStream, name: items, schema_loader: {type: InlineSchemaLoader, schema: {type: object}},
        retriever: {type: AsyncRetriever, polling_job_timeout: 1, \(more) creation_requester: \(requester(creation, "POST")),
          polling_requester: \(requester(polling)), download_requester: {type: HttpRequester, url: "{{ download_target }}"},
          download_target_extractor: {type: DpathExtractor, field_path: [url]},
          status_extractor: {type: DpathExtractor, field_path: [status]},
          status_mapping: {type: AsyncJobStatusMap, running: [running], completed: [done], failed: [failed], timeout: [late]},
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}}}]
      """
    }
  }

  /// A body, and what is to be read of it.
  private static let bodies = [
    (#"{"message": "NEEDLE one"}"#, "NEEDLE one"), (#"{"fault": {"faultstring": "NEEDLE one"}}"#, "NEEDLE one"),
    (#"{"code": "NEEDLE one"}"#, "NEEDLE one"), ("<html><body><h1>NEEDLE</h1> one</body></html>", "NEEDLE one"),
    ("<?xml version='1.0'?><Error><Message>NEEDLE one</Message></Error>", "NEEDLE one"), ("NEEDLE one", "NEEDLE one"),
    ("", "The body of its answer is empty"),
  ]
  private static let statuses = [400, 401, 402, 403, 404, 406, 407, 410, 418, 422, 429, 451, 500, 501, 503]

  /// What a check and a read of the manifest print; an error that ends a command is written as the command line does.
  private static func outputs(_ streams: String, _ transport: some Transport) async throws -> (check: [String], read: [String]) {
    let manifest = """
      version: 7.39.1
      type: DeclarativeSource
      check: {type: CheckStream, stream_names: [items]}
      \(streams)
      spec: {type: Spec, connection_specification: {type: object, properties: {}}}

      """
    func output(_ run: (Connector, ConnectorInput, MessageWriter) async throws -> Void) async throws -> [String] {
      let world = TestWorld([])
      let mask = SecretMask()
      let output = CollectedOutput()
      let writer = MessageWriter(output: output, mask: mask, now: world.runtime.now)
      let runtime = RuntimeEnvironment(
        now: world.runtime.now, sleep: world.runtime.sleep, random: { 0.5 }, transport: transport,
        log: RunLog(writer: writer, isDebugging: false), secrets: mask,
        environment: ["AIRBYTE_STAGING_DIRECTORY": NSTemporaryDirectory()])
      let input = try ConnectorInput.reading(["items"])
      do {
        let connector = try await Connector.load(.text(Array(manifest.utf8), name: "manifest.yaml"), input, runtime: runtime)
        try await run(connector, input, writer)
      } catch let error as ConnectorError { writer.error(error) }
      return output.lines
    }
    return (
      try await output { connector, _, writer in try await connector.check(to: writer) },
      try await output { connector, input, writer in
        _ = try await connector.readValidated(input.catalog, to: writer)
      }
    )
  }

  private func expectWords(at place: Place, _ status: Int, _ body: (text: String, words: String)) async throws {
    let (check, read) = try await Self.outputs(place.streams, RefusingTransport(status: status, body: body.text))
    func has(_ lines: [String], _ type: String, _ path: [String]) throws -> Bool {
      try lines.map { try JSONValue(parsing: Array($0.utf8)) }.filter { $0["type"]?.string == type }.contains { message in
        path.reduce(message) { $0[$1] ?? .null }.string?.contains(body.words) == true
      }
    }
    let about = Comment(
      rawValue: "\(place) \(status) \(body.text): \(check.joined(separator: "\n")) \(read.joined(separator: "\n"))")
    let isChecked = try has(check, "CONNECTION_STATUS", ["connectionStatus", "message"])
    // What a check cannot say is an error.
    #expect(try isChecked || has(check, "TRACE", ["trace", "error", "message"]), about)
    #expect(try has(read, "TRACE", ["trace", "error", "message"]), about)
    #expect(try has(read, "TRACE", ["trace", "error", "internal_message"]), about)
    #expect(try has(read, "LOG", ["log", "message"]), about)
  }

  @Test(arguments: Place.allCases, statuses)
  func theAPIsWordsWithEachStatus(place: Place, status: Int) async throws {
    // A token that is refused is replaced by a login.
    if place == .legacyToken, status == 401 { return }
    let number = (Place.allCases.firstIndex(of: place) ?? 0) + (Self.statuses.firstIndex(of: status) ?? 0)
    try await expectWords(at: place, status, Self.bodies[number % Self.bodies.count])
  }

  @Test(arguments: Place.allCases, bodies.indices)
  func theAPIsWordsInEachShape(place: Place, shape: Int) async throws {
    try await expectWords(at: place, 422, Self.bodies[shape])
  }

  /// Answers to `/poll` that a job failed.
  private struct FailingJobs: Transport {
    let body: String

    func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
      let body = RequestURL(request.url).path == "/poll" ? body : #"{"id": 1}"#
      return HTTPResponse(status: 200, headers: [], body: Data(body.utf8), url: request.url)
    }
  }

  @Test(arguments: [
    #"{"status": "failed", "reason": "quota of exports"}"#, #"{"status": "failed", "error": {"message": "quota of exports"}}"#,
    #"{"status": "failed", "code": "quota of exports"}"#, #"{"status": "late", "statusMessage": "quota of exports"}"#,
  ])
  func theReasonOfAJobThatFailed(body: String) async throws {
    let (check, read) = try await Self.outputs(Place.download.streams, FailingJobs(body: body))
    #expect(check.contains { $0.contains("CONNECTION_STATUS") && $0.contains("quota of exports") })
    let error = try #require(read.first { $0.contains(#""ERROR""#) && $0.contains(#""internal_message""#) })
    #expect(error.contains("The API says:") && error.contains("quota of exports"))
    #expect(read.contains { $0.contains(#""LOG""#) && $0.contains("quota of exports") })
  }
}
