import AirbyteProtocol
import Foundation
import JSON
import Synchronization
import Testing

@testable import Components
@testable import ConnectorModel
@testable import Engine
@testable import Secrets

/// Streams side by side, one of which hangs, and one of which fails.
@Suite struct SlowStreamTests {
  /// Answers each request with a record; those to `/slow` when the gate opens, those to `/refused` never.
  private struct GatedTransport: Transport {
    let gate: Gate

    func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
      if request.url.contains("/slow") { await gate.pass() }
      let isRefused = request.url.contains("/refused")
      return HTTPResponse(
        status: isRefused ? 404 : 200, headers: [], body: Data(#"[{"id": 1}]"#.utf8), url: request.url)
    }
  }

  private final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func pass() async {
      await withCheckedContinuation { continuation in
        let isOpen = state.withLock { state in
          if !state.isOpen { state.waiting.append(continuation) }
          return state.isOpen
        }
        if isOpen { continuation.resume() }
      }
    }

    func open() {
      let waiting = state.withLock { state in
        defer { state = (true, []) }
        return state.waiting
      }
      for continuation in waiting { continuation.resume() }
    }
  }

  private final class Counter: Sendable {
    private let count = Mutex(0)

    func increment() -> Int {
      count.withLock { count in
        count += 1
        return count
      }
    }
  }

  /// Opens the gate when all other streams have ended.
  private struct Output: LineOutput {
    let gate: Gate
    let others: Int
    let collected = CollectedOutput()

    func write(_ bytes: UnsafeRawBufferPointer) throws {
      try collected.write(bytes)
      if collected.lines.count(where: { $0.contains("COMPLETE") && !$0.contains("slow") }) == others { gate.open() }
    }
  }

  private static func stream(_ name: String, router: String = "") -> String {
    """
      - type: DeclarativeStream
        name: \(name)
        retriever:
          type: SimpleRetriever
          requester: {type: HttpRequester, url_base: "https://api.test", path: /\(name)}
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
          \(router)
        schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}

    """
  }

  private static let partitions = "partition_router: {type: ListPartitionRouter, cursor_field: part, values: [a, b, c, d, e]}"
  private static let parent = """
    partition_router:
            type: SubstreamPartitionRouter
            parent_stream_configs:
              - {type: ParentStreamConfig, parent_key: id, partition_field: part, stream: {$ref: "#/streams/1"}}
    """

  @Test(.timeLimit(.minutes(15)), arguments: [("slow", partitions, 5), ("child_of_slow", parent, 1)])
  func aStreamThatHangsOrFailsDoesNotStopTheOthers(slow: String, router: String, records: Int) async throws {
    let names = [slow, "first", "refused", "second", "third"]
    let manifest = """
      version: 7.39.1
      type: DeclarativeSource
      check: {type: CheckStream, stream_names: [first]}
      streams:
      \(Self.stream(slow, router: router) + Self.stream("slow_parent") + names.dropFirst().map { Self.stream($0) }.joined())
      spec: {type: Spec, connection_specification: {type: object, properties: {}}}

      """
    let gate = Gate()
    let output = Output(gate: gate, others: names.count - 1)
    let now: @Sendable () -> Int64 = { CursorFixtures.now }
    let writer = MessageWriter(output: output, mask: SecretMask(), now: now)
    let runtime = RuntimeEnvironment(
      now: now, sleep: { _ in }, random: { 0.5 }, transport: GatedTransport(gate: gate), log: RecordingLog())
    let input = try ConnectorInput.reading(names)
    let connector = try await Connector.load(
      .text(Array(manifest.utf8), name: "manifest.yaml"), input, runtime: runtime)
    #expect(try await connector.readValidated(input.catalog, to: writer).isComplete == false)

    let lines = output.collected.lines
    func count(_ type: String, _ name: String) -> Int { lines.count { $0.contains(type) && $0.contains(#""\#(name)""#) } }
    let firstOfSlow = try #require(lines.firstIndex { $0.contains(#""RECORD""#) && $0.contains("slow") })
    for name in ["first", "second", "third"] {
      #expect(count(#""RECORD""#, name) == 1)
      let end = try #require(lines.firstIndex { $0.contains(#""COMPLETE""#) && $0.contains(#""\#(name)""#) })
      #expect(end < firstOfSlow)
    }
    #expect(count(#""INCOMPLETE""#, "refused") == 1)
    #expect(count(#""RECORD""#, slow) == records)
    #expect(count(#""COMPLETE""#, slow) == 1)
  }

  @Test func oneStreamAloneHasAllPlaces() async throws {
    let limiter = PartitionLimiter(permits: 3)
    limiter.begin("only")
    let running = Counter()
    let gate = Gate()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<5 {
        group.addTask {
          try await limiter.run("only") {
            if running.increment() == 3 { gate.open() }
            await gate.pass()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(running.increment() == 6)
  }
}
