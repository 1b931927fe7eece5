import LowCode
import SourceBookshop

/// Uses the connector as an application would, against the example API at the address that is given, and fails where something is not
/// as it should be.
@main
enum Embedding {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  static func expect(_ condition: Bool, _ sentence: String) throws {
    guard condition else { throw Failure(description: sentence) }
    print("ok: \(sentence)")
  }

  static func main() async throws {
    guard CommandLine.arguments.count == 2 else { throw Failure(description: "usage: embedding ADDRESS") }
    let connector = try SourceBookshop.connector(at: CommandLine.arguments[1])
    try await findings()
    try await check(connector)
    let state = try await readSome(connector)
    try await resume(connector, from: state)
    try await roles(connector)
    try await others()
  }

  static func others() async throws {
    let first = try await OtherSources.read(from: ConnectorState())
    try expect(
      first.records == [
        #"numbers {"number":2}"#, #"numbers {"number":1}"#, #"numbers {"number":0}"#, #"greetings {"text":"hello"}"#,
      ],
      "a source in Swift and a program are read as one")
    let second = try await OtherSources.read(from: try ConnectorState(json: first.state.json))
    try expect(second.records == [#"greetings {"text":"hello"}"#], "a later read continues from their state")
  }

  static func findings() async throws {
    let findings = await SourceBookshop.findings()
    for finding in findings {
      print(finding.severity.rawValue, finding.location?.line ?? 0, finding.rule, finding.message)
    }
    try expect(findings.allSatisfy { $0.severity != .error }, "the manifest has no errors")
    try expect(findings.allSatisfy { $0.rule != "custom-component" }, "its classes are known")
  }

  static func check(_ connector: Connector) async throws {
    let status = try await connector.check()
    try expect(status.isSuccess, "the connection works")
    let streams = try await connector.discover()
    for stream in streams { print(stream.name, stream.supportedSyncModes.map(\.rawValue)) }
    try expect(streams.map(\.name).contains("books"), "the streams are listed")
  }

  /// Reads the first authors' books, and stops early.
  static func readSome(_ connector: Connector) async throws -> ConnectorState {
    var state = ConnectorState()
    var titles: [String] = []
    for try await message in connector.read(.streams("books")) {
      switch message {
      case .record(let record): titles.append(record["title"]?.string ?? "")
      case .state(let message): state.add(message)
      case .error(let error): print("error: \(error.message)")
      case .streamStatus, .log, .control, .globalState: break
      }
      if titles.count >= 100, !state.streams.isEmpty { break }
    }
    try expect(titles.count < 1_000, "a read that is left early ends early, after \(titles.count) records")
    return state
  }

  /// Continues from the state, as a platform keeps it.
  static func resume(_ connector: Connector, from state: ConnectorState) async throws {
    let saved = state.json
    var count = 0
    var last: JSONObject = [:]
    var ended = try ConnectorState(json: saved)
    for try await message in connector.read(.streams("books"), from: ended) {
      if case .record(let record) = message {
        count += 1
        last = record.data
      }
      if case .state(let message) = message { ended.add(message) }
    }
    try expect(count > 0 && ended != state, "a later read continues, with \(count) records")
    try expect(last["price"]?.int != nil, "the transformation in Swift has changed the records")
    var repeated = 0
    for try await message in connector.read(.streams("books"), from: ended) { if case .record = message { repeated += 1 } }
    try expect(repeated < count / 2, "a read from the last state has little left to read: \(repeated) records")
  }

  /// Whether a component in each role does its work.
  static func roles(_ connector: Connector) async throws {
    let known = try await records(connector, "known_orders")
    try expect(known.allSatisfy { $0["total"] == 3_000 }, "the extractor has found \(known.count) orders and their number")
    try expect(known.count == 2_400, "the filter has dropped those of unknown customers, and the pages have come to their end")
    try expect(known.allSatisfy { $0["year"]?.int != nil }, "the normalisation has made numbers")
    let schema = try await connector.discover().first { $0.name == "known_orders" }?.jsonSchema
    try expect(schema?["properties"]?["total"]?["type"] == "integer", "the schema loader describes the stream")

    let books = try await records(connector, "shelved_books")
    try expect(
      books.count == 119 * 11 % 50 + 120 * 11 % 50, "the router's shelves are decoded, and those that are missing are empty")
    try expect(try await records(connector, "first_orders").count == 10, "the requester sends its own requests")
    try expect(try await records(connector, "shelves").map { $0["id"] } == [1, 2, 3], "the retriever reads its own records")

    let late = ConnectorState(["orders": ["since": "2025-01-01T00:00:00Z"]])
    let orders = try await records(connector, "orders", from: late)
    try expect(!orders.isEmpty && orders.count < 1_000, "the state is migrated: \(orders.count) orders are new")

    let elsewhere = Connector(
      connector.manifest, config: connector.config.merging(["base_url": "shop"]) { $1 }, components: SourceBookshop.components)
    do {
      _ = try await elsewhere.discover()
      try expect(false, "an address is validated")
    } catch let error as ConnectorError {
      try expect(error.message == "The address of the shop should begin with http", "an address is validated")
    }
  }

  static func records(
    _ connector: Connector, _ stream: String, from state: ConnectorState = ConnectorState()
  ) async throws -> [JSONObject] {
    var records: [JSONObject] = []
    for try await message in connector.read(.streams(stream), from: state) {
      if case .record(let record) = message { records.append(record.data) }
    }
    return records
  }
}
