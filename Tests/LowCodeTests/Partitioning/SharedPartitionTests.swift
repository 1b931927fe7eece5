import Foundation
import JSON
import Synchronization
import Testing

@testable import Components
@testable import ConnectorModel
@testable import Engine
@testable import Secrets

/// A partition that comes more than once, from two parents say: it is read once, however long its readers take.
@Suite struct SharedPartitionTests {
  private static let sync = """
    incremental_sync: {type: DatetimeBasedCursor, cursor_field: at, datetime_format: "%Y-%m-%dT%H:%M:%SZ",
      start_datetime: "2025-01-01T00:00:00Z"},
    """

  private static func stream(_ name: String, path: String, router: String = "", sync: String = "") -> String {
    """
    {type: DeclarativeStream, name: \(name), \(sync) retriever: {type: SimpleRetriever, \(router)
      requester: {type: HttpRequester, url_base: "https://api.test", path: "\(path)"},
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}},
      schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}}
    """
  }

  private static func parents(_ names: String...) -> String {
    let configs = names.map { name in
      "{type: ParentStreamConfig, parent_key: id, partition_field: part, stream: \(stream(name, path: "/\(name)"))}"
    }
    return "{type: SubstreamPartitionRouter, parent_stream_configs: [\(configs.joined(separator: ", "))]}"
  }

  static let routers = [
    ("two parents", parents("left", "right")),
    ("a parent twice", parents("left", "left")),
    (
      "a list with equal values",
      #"{type: ListPartitionRouter, cursor_field: part, values: ["1", "2", "3", "1", "2", "3", "4", "5"]}"#
    ),
    (
      "a union",
      "{type: UnionPartitionRouter, partition_field: part, partition_routers: [\(parents("left")), \(parents("right"))]}"
    ),
    ("groups", "{type: GroupingPartitionRouter, group_size: 1, underlying_partition_router: \(parents("left", "right"))}"),
    (
      "a product",
      #"[\#(parents("left", "right")), {type: ListPartitionRouter, cursor_field: kind, values: ["x", "y", "x"]}]"#
    ),
  ]

  @Test(arguments: routers)
  func requestsAndRecordsAreThoseOfEveryRead(_ about: String, _ router: String) async throws {
    let manifest = """
      version: 7.39.1
      type: DeclarativeSource
      check: {type: CheckStream, stream_names: [child]}
      streams:
        - \(Self.stream("child", path: "/child/{{ stream_partition.part }}/{{ stream_partition.kind or '' }}",
          router: "partition_router: \(router),", sync: Self.sync).replacing("\n", with: " "))
        - \(Self.stream("left", path: "/left").replacing("\n", with: " "))
        - \(Self.stream("right", path: "/right").replacing("\n", with: " "))
      spec: {type: Spec, connection_specification: {type: object, properties: {}}}

      """
    var outcomes: Set<[String]> = []
    for seed in 0..<12 { outcomes.insert(try await Self.read(manifest, JitteringTransport(seed: UInt64(seed)))) }
    #expect(outcomes.count == 1, "\(outcomes)")
    let children = outcomes.first?.filter { $0.contains("/child/") } ?? []
    #expect(!children.isEmpty)
    #expect(children.count == Set(children).count, "\(children)")
  }

  /// The requests and the records of a read, sorted.
  private static func read(_ manifest: String, _ transport: JitteringTransport) async throws -> [String] {
    let now: @Sendable () -> Int64 = { CursorFixtures.now }
    let runtime = RuntimeEnvironment(now: now, sleep: { _ in }, random: { 0.5 }, transport: transport, log: RecordingLog())
    let input = try ConnectorInput.reading(["child", "left", "right"])
    let connector = try await Connector.load(
      .text(Array(manifest.utf8), name: "manifest.yaml"), input, runtime: runtime)
    let output = CollectedOutput()
    let writer = MessageWriter(output: output, mask: SecretMask(), now: now)
    #expect(try await connector.readValidated(input.catalog, to: writer).isComplete)
    return (transport.urls + output.lines.filter { $0.contains(#""RECORD""#) }).sorted()
  }

  /// Answers after a while that differs from request to request and from seed to seed.
  private final class JitteringTransport: Transport {
    private let state: Mutex<(seed: UInt64, urls: [String])>

    init(seed: UInt64) { state = Mutex((seed &* 0x9e37_79b9_7f4a_7c15 | 1, [])) }

    var urls: [String] { state.withLock { $0.urls } }

    func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
      let turns = state.withLock { state in
        state.urls.append(request.url)
        state.seed = state.seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state.seed >> 33) % 400
      }
      for _ in 0..<turns { await Task.yield() }
      let ids = request.url.hasSuffix("/left") ? [1, 2, 3] : request.url.hasSuffix("/right") ? [2, 3, 4, 5, 1] : [9]
      let records = ids.map { #"{"id": \#($0), "at": "2025-02-0\#($0)T00:00:00Z"}"# }.joined(separator: ", ")
      return HTTPResponse(status: 200, headers: [], body: Data("[\(records)]".utf8), url: request.url)
    }
  }

  /// Each slice is closed before the next one is asked for, so that a partition always comes again after it was read.
  @Test func aPartitionThatWasReadIsNotReadAgain() async throws {
    for usesGlobalCursor in [false, true] {
      let context = CursorFixtures.context(state: [:])
      let router = try PartitionRouters.make(
        from: CursorFixtures.node([
          "type": "ListPartitionRouter", "values": ["a", "b", "a", "c", "b"], "cursor_field": "team",
        ]), in: context)
      let sync: any IncrementalSync = try context.build(
        CursorFixtures.node([
          "type": "DatetimeBasedCursor", "cursor_field": "at", "datetime_format": "%Y-%m-%d", "start_datetime": "2025-01-01",
          "global_substream_cursor": .bool(usesGlobalCursor),
        ]))
      let cursor = try StreamCursor.make(incrementalSync: sync, router: router, in: context)
      var read: [JSONValue?] = []
      try await cursor.slices { slice in
        read.append(slice.partition["team"])
        _ = try cursor.close(slice, after: cursor.observer(for: slice).finish())
      }
      #expect(read == ["a", "b", "c"])
    }
  }
}
