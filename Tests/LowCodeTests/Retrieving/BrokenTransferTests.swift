import AirbyteProtocol
import JSON
import Testing

@testable import Components
@testable import ConnectorModel

/// What breaks off on its way is asked for again, whatever it is, and ends in a transient error where it always does.
@Suite struct BrokenTransferTests {
  /// How a transfer breaks off.
  private static let breaks: [ScriptedTransport.Answer] = [.lost(.brokenOff), .lost(.truncated)]

  private static func requester(_ path: String, _ method: String = "GET") -> String {
    #"{"type": "HttpRequester", "url": "https://a.test/\#(path)", "http_method": "\#(method)"}"#
  }

  private static let selector =
    #""record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": []}}"#

  private static func stream(_ world: TestWorld, _ retriever: String) throws -> DeclarativeStream {
    try BuildScope(config: [:], runtime: world.runtime, registry: .standard).build(
      world.node(
        #"""
        {"type": "DeclarativeStream", "name": "items", "retriever": {\#(retriever)},
         "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {}}}}
        """#))
  }

  private static func read(_ stream: DeclarativeStream) async throws -> [JSONObject] {
    var records: [JSONObject] = []
    try await stream.cursor.slices { slice in
      try await stream.retriever.read(slice) { page in
        records += page.records.map(\.object)
        return true
      }
    }
    return records
  }

  // MARK: - Pages

  private static func pages(_ decoder: String) -> String {
    #""type": "SimpleRetriever", "decoder": \#(decoder), "requester": \#(requester("items")), \#(selector)"#
  }

  private static let decoders: [(decoder: String, cut: String, whole: String)] = [
    (#"{"type": "JsonDecoder"}"#, #"[{"i": "1"}, {"i"#, #"[{"i": "1"}]"#),
    (#"{"type": "XmlDecoder"}"#, "<r><i>1</i><i", "<i>1</i>"),
    (#"{"type": "JsonlDecoder"}"#, #"{"i": "1"#, #"{"i": "1"}"#),
    (#"{"type": "CsvDecoder"}"#, "i\n\"1", "i\n1\n"),
    (#"{"type": "JsonItemsDecoder", "items_path": "a"}"#, #"{"a": [{"i""#, #"{"a": [{"i": "1"}]}"#),
    (#"{"type": "GzipDecoder", "decoder": {"type": "JsonDecoder"}}"#, #"[{"i": "1"}"#, #"[{"i": "1"}]"#),
  ]

  @Test(arguments: decoders) func pagesAreAskedForAgain(decoder: String, cut: String, whole: String) async throws {
    for broken in Self.breaks + [.status(200, cut)] {
      let world = TestWorld([broken, .status(200, whole)])
      #expect(try await Self.read(Self.stream(world, Self.pages(decoder))) == [["i": "1"]])
      #expect(world.transport.requests.count == 2)
    }
  }

  @Test(arguments: decoders) func pagesThatAlwaysBreakAreATransientError(decoder: String, cut: String, whole: String) async throws
  {
    for broken in Self.breaks + [.status(200, cut)] {
      let world = TestWorld(Array(repeating: broken, count: 100))
      let stream = try Self.stream(world, Self.pages(decoder))
      let failure = await Self.failure { _ = try await Self.read(stream) }
      #expect(failure?.failureType == .transient)
      #expect((2...30).contains(world.transport.requests.count))
    }
  }

  private static func failure(_ act: () async throws -> Void) async -> ConnectorError? {
    do { try await act() } catch { return ConnectorError(wrapping: error) }
    return nil
  }

  // MARK: - Jobs

  private static let job = #"""
    "type": "AsyncRetriever", \#(selector),
    "status_mapping": {"type": "AsyncJobStatusMap", "running": ["running"], "completed": ["done"], "failed": ["failed"], "timeout": []},
    "status_extractor": {"type": "DpathExtractor", "field_path": ["status"]},
    "download_target_extractor": {"type": "DpathExtractor", "field_path": ["urls"]},
    "creation_requester": \#(requester("jobs", "POST")),
    "polling_requester": \#(requester("jobs/{{ creation_response.id }}")),
    "download_target_requester": \#(requester("targets")),
    "download_requester": \#(requester("{{ download_target }}"))
    """#

  /// The answers to the requests of a job, and how each of them is cut off.
  private static let answers: [(whole: String, cut: String)] = [
    (#"{"id": 1}"#, #"{"id": 1"#), (#"{"status": "done"}"#, #"{"status": "do"#), (#"{"urls": ["x"]}"#, #"{"urls": ["x""#),
    (#"[{"i": "1"}]"#, #"[{"i": "1"}, "#),
  ]

  @Test(arguments: answers.indices) func theRequestsOfJobsAreRepeated(place: Int) async throws {
    for broken in Self.breaks + [.status(200, Self.answers[place].cut)] {
      var answers = Self.answers.map { ScriptedTransport.Answer.status(200, $0.whole) }
      answers.insert(broken, at: place)
      let world = TestWorld(answers)
      #expect(try await Self.read(Self.stream(world, Self.job)) == [["i": "1"]])
      let lines = world.transport.lines
      #expect(lines.count == 5)
      #expect(lines[place] == lines[place + 1])
    }
  }

  // MARK: - Logins

  private static let logins: [(authenticator: String, cut: String, whole: String)] = [
    (SessionTokenTests.manifest(SessionTokenTests.bearer), #"{"data": {"token": "t1"#, #"{"data": {"token": "t1"}}"#),
    (
      SessionTokenTests.manifest(SessionTokenTests.bearer, #", "decoder": {"type": "XmlDecoder"}"#), "<data><token>t1</tok",
      "<data><token>t1</token></data>"
    ),
    (
      SessionTokenTests.manifest(SessionTokenTests.bearer, #", "decoder": {"type": "JsonlDecoder"}"#), #"{"data": {"token": "t1"#,
      #"{"data": {"token": "t1"}}"#
    ),
    (OAuthAuthenticatorTests.manifest(), #"{"access_token": "t1", "exp"#, #"{"access_token": "t1", "expires_in": 60}"#),
    (LegacySessionTokenTests.manifest, #"{"id": "t1"#, #"{"id": "t1"}"#),
  ]

  private static func authenticator(_ manifest: String, _ world: TestWorld) throws -> any Authenticator {
    let config: JSONObject = ["id": "me", "secret": "s", "refresh": "r", "user": "me", "password": "p"]
    return try BuildScope(config: config, runtime: world.runtime, registry: .standard)
      .entering(ExchangeScope(requester: TestWorld.requester("https://a.test/"))).build(world.node(manifest))
  }

  @Test(arguments: logins) func loginsAreRepeated(authenticator: String, cut: String, whole: String) async throws {
    for broken in Self.breaks + [.status(200, cut)] {
      let world = TestWorld([broken, .status(200, whole)])
      let headers = try await Self.authenticator(authenticator, world).headers()
      #expect(headers.values.contains { $0.hasSuffix("t1") })
      #expect(world.transport.requests.count == 2)
    }
  }

  @Test(arguments: logins) func loginsThatAlwaysBreakAreATransientError(authenticator: String, cut: String, whole: String)
    async throws
  {
    let world = TestWorld(Array(repeating: .status(200, cut), count: 100))
    let built = try Self.authenticator(authenticator, world)
    let failure = await Self.failure { _ = try await built.headers() }
    #expect(failure?.failureType == .transient)
    #expect(failure?.message.contains("t1") == false)
  }
}
