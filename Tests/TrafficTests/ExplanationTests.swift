import AirbyteProtocol
import ConnectorModel
import Engine
import Foundation
import JSON
import Manifest
import Secrets
import Synchronization
import Testing

@testable import Traffic

/// Recordings say why their requests are as they are.
@Suite struct ExplanationTests {
  private static let manifest = """
    version: 6.0.0
    type: DeclarativeSource
    check: {type: CheckStream, stream_names: [items]}
    api_budget:
      type: HTTPAPIBudget
      policies:
        - {type: MovingWindowCallRatePolicy, rates: [{type: Rate, limit: 1, interval: PT5S}], matchers: []}
    streams:
      - type: DeclarativeStream
        name: items
        retriever:
          type: SimpleRetriever
          requester:
            type: HttpRequester
            url: "https://api.test/{{ config['shop'] }}/items"
            authenticator:
              type: ApiKeyAuthenticator
              api_token: "{{ config['key'] }}"
              inject_into: {type: RequestOption, inject_into: header, field_name: X-Key}
            request_parameters: {kind: "{{ stream_partition['kind'] }}", now: "{{ now_utc() }}", rand: "{{ [1, 2] | random }}"}
            request_body_json: {filter: {shop: "{{ config['shop'] }}"}}
            error_handler:
              type: DefaultErrorHandler
              response_filters: [{type: HttpResponseFilter, http_codes: [503], action: RETRY}]
              backoff_strategies: [{type: ConstantBackoffStrategy, backoff_time_in_seconds: 3}]
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
          partition_router: {type: ListPartitionRouter, values: [open], cursor_field: kind}
        schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}
    spec:
      type: Spec
      connection_specification: {type: object, properties: {shop: {type: string}, key: {type: string, airbyte_secret: true}}}
    """

  /// Fails at first.
  private final class Items: Transport {
    private let count = Atomic<Int>(0)

    func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
      let status = count.add(1, ordering: .relaxed).newValue == 1 ? 503 : 200
      return HTTPResponse(status: status, headers: [], body: Data(#"[{"id": 1}]"#.utf8), url: request.url)
    }
  }

  private struct Quiet: Log, RunEvents {
    func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
  }

  private struct Nothing: LineOutput {
    func write(_ bytes: UnsafeRawBufferPointer) {}
  }

  /// The notes of a recorded read's requests, in order.
  private static func notes() async throws -> [JSONObject] {
    let path = FileManager.default.temporaryDirectory.appending(path: "explanation-\(UUID()).har").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let clock = SkippingClock { 1_740_830_400_000_000 }
    let mask = SecretMask()
    let run = try TrafficRun(
      .record(.init(path: path)), command: "read",
      in: .init(
        now: { clock.now }, sleep: { try await clock.sleep($0) }, random: { 0.5 }, transport: Items()), hiding: mask)
    try await run.run {
      let given = run.surroundings
      var runtime = RuntimeEnvironment(
        now: given.now, sleep: given.sleep, random: given.random, transport: given.transport, log: Quiet(), secrets: mask)
      runtime.explainsRequests = true
      var input = ConnectorInput()
      input.config = ["shop": "north", "key": "k3y-of-the-shop"]
      let connector = try await Connector.load(
        .text(Array(manifest.utf8), name: "manifest.yaml"), input, runtime: runtime)
      let writer = MessageWriter(output: Nothing(), mask: mask, now: given.now)
      let catalog = ManifestMock.catalog(of: try await connector.listedStreams(nil))
      _ = try await connector.read(catalog, to: writer)
    }
    let file = try HARFile(path: path)
    return try (0..<file.count).map { try file.entry($0).notes }
  }

  @Test func recordingsHoldReasonsDelaysAndVerdicts() async throws {
    let notes = try await Self.notes()
    try #require(notes.count == 2)
    #expect(notes[0][RecordingNotes.verdict]?["action"] == "RETRY")
    #expect(
      notes[0][RecordingNotes.verdict]?["by"]?.string
        == "HttpResponseFilter at streams[0].retriever.requester.error_handler.response_filters[0], manifest.yaml:24:30")
    #expect(notes[0][RecordingNotes.delays] == nil)
    #expect(notes[1][RecordingNotes.verdict] == ["action": "SUCCESS"])
    let delays = notes[1][RecordingNotes.delays]?.array ?? []
    #expect(delays.first?["seconds"]?.double == 4)
    #expect(delays.first?["by"]?.string?.hasPrefix("ConstantBackoffStrategy") == true)
    #expect(delays.dropFirst().allSatisfy { $0["by"]?.string?.hasPrefix("MovingWindowCallRatePolicy at ") == true })
    #expect(delays.count >= 2)
    let explanation = try #require(RequestExplanation(json: notes[1][RecordingNotes.explanation]))
    func part(_ name: String) -> RequestExplanation.Part? { explanation.parts.first { $0.name == name } }
    #expect(part("url")?.place == "manifest.yaml:15:14")
    #expect(part("url")?.variables.map(\.value) == ["north"])
    #expect(
      part("kind")?.variables == [
        .init(
          name: "stream_partition.kind", value: "open", source: "one of the values of ListPartitionRouter",
          place: "manifest.yaml:27:61")
      ])
    #expect(part("X-Key")?.source == "ApiKeyAuthenticator")
    #expect(part("X-Key")?.variables.first?.value?.string?.hasPrefix("****") == true)
    #expect(part("filter")?.source == "request_body_json")
    #expect(part("filter")?.variables.map(\.name) == ["config.shop"])
    // Read once more, it is the same.
    #expect(RequestExplanation(json: explanation.json) == explanation)
  }
}
