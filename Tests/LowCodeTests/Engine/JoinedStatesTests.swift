import AirbyteProtocol
import JSON
import Secrets
import Testing

@testable import ConnectorModel
@testable import Engine

/// States that several streams and several sources share, and streams that have other names outside of their source.
@Suite struct JoinedStatesTests {
  private let output = CollectedOutput()
  private let orders = StreamDescriptor(name: "orders")

  private func writer() -> MessageWriter { MessageWriter(output: output, mask: SecretMask(), now: { 1_740_830_400_123_456 }) }

  private func states() throws -> [JSONValue] {
    try output.lines.map { try JSONValue(parsing: Array($0.utf8)) }.compactMap { $0["state"] }
  }

  @Test func whatIsSharedComesWithAllStates() throws {
    let writer = writer()
    try writer.state(shared: ["lsn": 1], streams: [orders: ["id": 1]])
    try writer.state(of: StreamDescriptor(name: "books")) { ["id": 7] }
    try writer.state(shared: ["lsn": 2])
    let states = try states()
    #expect(states.map { $0["type"]?.string } == ["GLOBAL", "GLOBAL", "GLOBAL"])
    #expect(states.map { $0["global"]?["shared_state"]?["lsn"] } == [1, 1, 2])
    #expect(states.map { $0["global"]?["stream_states"]?.array?.count } == [1, 2, 2])
  }

  @Test func eachSourceSharesUnderItsName() throws {
    let writer = writer()
    writer.joinStates(SourceState(["old": ["id": 0]]))
    let shop = writer.part(SourcePart(key: "shop", prefix: "shop_"))
    let tap = writer.part(SourcePart(key: "tap", renames: ["orders": "sales"]))
    try shop.state(of: orders) { ["id": 1] }
    try tap.state(shared: ["lsn": 5], streams: [orders: ["id": 2]])
    let inner = shop.part(SourcePart(key: "inner", prefix: "in_"))
    inner.joinStates(SourceState())
    try inner.state(shared: ["x": 1], streams: [orders: ["id": 3]])
    let last = try #require(try states().last?["global"])
    #expect(last["shared_state"] == ["tap": ["lsn": 5], "shop": ["inner": ["x": 1]]])
    let names = try #require(last["stream_states"]?.array).map { $0["stream_descriptor"]?["name"]?.string }
    #expect(names == ["old", "sales", "shop_in_orders", "shop_orders"])
  }

  @Test func aStreamHasItsOuterNameInEveryMessage() throws {
    let part = writer().part(SourcePart(key: "shop", prefix: "shop_"))
    try part.status(orders, .started)
    part.error(ConnectorError(.config, "no"), stream: orders)
    let lines = output.lines
    #expect(lines.count == 2)
    #expect(lines.allSatisfy { $0.contains(#""stream_descriptor":{"name":"shop_orders"}"#) })
  }

  @Test func enoughRecordsLeaveNoState() async throws {
    let writer = writer()
    let runtime = RuntimeEnvironment(
      now: { 0 }, sleep: { _ in }, random: { 0 }, transport: Unreachable(), log: RunLog(writer: writer, isDebugging: false))
    let stream = ConfiguredStream(descriptor: orders, syncMode: .incremental)
    let read = SourceOutput(ReadRequest([stream], limit: 1), writer: writer, runtime: runtime)
    let written = try read.begin(stream)
    try await written.record(["id": 1])
    #expect(!written.wantsMore)
    #expect(read.isSatisfied)
    await #expect(throws: StreamOutput.Satisfied.self) { try await written.record(["id": 2]) }
    try await written.state(["id": 1])
    try await written.end()
    let outcome = try read.finish(after: nil)
    #expect(outcome.isComplete)
    #expect(try states().isEmpty)
    #expect(output.lines.last?.contains("INCOMPLETE") == true)
    #expect(output.lines.count { $0.contains("RECORD") } == 1)
  }

  @Test func streamsThatAreNotEndedAreIncomplete() async throws {
    let writer = writer()
    let runtime = RuntimeEnvironment(
      now: { 0 }, sleep: { _ in }, random: { 0 }, transport: Unreachable(), log: RunLog(writer: writer, isDebugging: false))
    let streams = ["a", "b"].map { ConfiguredStream(descriptor: StreamDescriptor(name: $0), syncMode: .fullRefresh) }
    let read = SourceOutput(ReadRequest(streams), writer: writer, runtime: runtime)
    _ = try read.begin(streams[0])
    let outcome = try read.finish(after: nil)
    #expect(outcome.failedStreams == ["a", "b"])
    #expect(output.lines.count { $0.contains("INCOMPLETE") } == 2)
  }
}

private struct Unreachable: Transport {
  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    throw TransportError(.connectFailed, "there is no network")
  }
}
