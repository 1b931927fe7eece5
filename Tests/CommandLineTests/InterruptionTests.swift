import Foundation
import JSON
import Testing

/// A read that ends at any point loses nothing: what was printed until then, and what a read from the last printed state gives,
/// is everything.
@Suite(.serialized, .timeLimit(.minutes(15))) struct InterruptionTests {
  private enum Strike: CaseIterable { case kill, terminate, interrupt, closedPipe }

  @Test func nothingIsLostWhereverAReadEnds() async throws {
    let api = try UnrulyAPI(Archive.answer)
    let connection = try Connection(to: api, manifest: Archive.manifest)
    let arguments = try connection.incrementalReadArguments(["days", "shelves"])
    let whole = Printed(try await Tool.run(arguments, in: connection.folder).stdout)
    #expect(whole.ids == Archive.ids)

    var random = SeededGenerator(seed: 20_250_301)
    let size = try #require(whole.bytes > 10_000 ? whole.bytes : nil)
    var struckWithState = 0
    for trial in 0..<100 {
      let strike = Strike.allCases[trial % Strike.allCases.count]
      let point = Int.random(in: 1..<size, using: &random)
      let output = try await struck(strike, after: point, arguments, in: connection.folder)
      let printed = Printed(output)
      // The output itself, with a last line that may be torn, and the states that stand in it are both taken.
      try connection.folder.write("state.json", trial % 2 == 0 ? output : JSONValue.array(Array(printed.states.values)).jsonText)
      let resumed = Printed(try await Tool.run(arguments + ["--state", "state.json"], in: connection.folder).stdout)
      #expect(printed.ids.union(resumed.ids) == Archive.ids, "\(strike) after \(point) bytes")
      if !printed.states.isEmpty, printed.ids != Archive.ids { struckWithState += 1 }
    }
    // Or the test would prove nothing.
    #expect(struckWithState > 20)
  }

  @Test func everyStateIsAPointToGoOnFrom() async throws {
    let api = try UnrulyAPI(Archive.answer)
    let connection = try Connection(to: api, manifest: Archive.manifest)
    let arguments = try connection.incrementalReadArguments(["days", "shelves"])
    let lines = try await Tool.run(arguments, in: connection.folder).stdout.split(separator: "\n").map(String.init)
    let places = lines.indices.filter { lines[$0].hasPrefix(#"{"type":"STATE""#) }
    #expect(places.count > 10)
    for place in places {
      let printed = Printed(lines[...place].joined(separator: "\n") + "\n")
      try connection.folder.write("state.json", JSONValue.array(Array(printed.states.values)).jsonText)
      let resumed = Printed(try await Tool.run(arguments + ["--state", "state.json"], in: connection.folder).stdout)
      #expect(printed.ids.union(resumed.ids) == Archive.ids, "from the state in line \(place + 1)")
    }
    let counted = try Printed.counts(lines)
    #expect(counted == lines.count { $0.hasPrefix(#"{"type":"RECORD""#) })
  }

  /// What a read that is struck down has printed: standard output up to some byte, and what was still on its way.
  private func struck(_ strike: Strike, after point: Int, _ arguments: [String], in folder: Folder) async throws -> String {
    let process = Process()
    let pipe = Pipe()
    // As small as pipes can be, so that the process is still at work when the strike comes.
    _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, 1031, 4096)
    process.executableURL = URL(fileURLWithPath: Tool.path)
    process.arguments = arguments
    process.currentDirectoryURL = folder.url
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    return try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        do {
          try process.runWithSignals()
          // The parent's own end would keep the pipe open.
          try pipe.fileHandleForWriting.close()
          let reader = pipe.fileHandleForReading
          var bytes = Data()
          while bytes.count < point, let part = try reader.read(upToCount: min(1024, point - bytes.count)), !part.isEmpty {
            bytes += part
          }
          switch strike {
          case .kill: kill(process.processIdentifier, SIGKILL)
          case .terminate: kill(process.processIdentifier, SIGTERM)
          case .interrupt: kill(process.processIdentifier, SIGINT)
          case .closedPipe: break
          }
          if strike != .closedPipe, let rest = try reader.readToEnd() { bytes += rest }
          try reader.close()
          process.waitUntilExit()
          continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }
}

extension Connection {
  /// Writes a catalog that reads `streams` incrementally.
  func incrementalReadArguments(_ streams: [String]) throws -> [String] {
    let entries = streams.map { name -> JSONValue in
      [
        "stream": ["name": .string(name), "json_schema": [:], "supported_sync_modes": ["full_refresh", "incremental"]],
        "sync_mode": "incremental", "destination_sync_mode": "append",
      ]
    }
    let catalog: JSONValue = ["streams": .array(entries)]
    try folder.write("catalog.json", catalog.jsonText)
    return ["read", "--manifest", "manifest.yaml", "--config", "config.json", "--catalog", "catalog.json"]
  }
}

/// The complete lines that a reader got.
private struct Printed {
  let bytes: Int
  private(set) var ids: Set<String> = []
  /// The last state of each stream, as a state file has it.
  private(set) var states: [String: JSONValue] = [:]

  init(_ text: String) {
    bytes = text.utf8.count
    let complete = text.lastIndex(of: "\n").map { text[...$0] } ?? ""
    for line in complete.split(separator: "\n") {
      guard let message = try? JSONValue(parsing: String(line)) else { continue }
      if let id = message["record"]?["data"]?["id"]?.string { ids.insert(id) }
      if let state = message["state"], let name = state["stream"]?["stream_descriptor"]?["name"]?.string { states[name] = state }
    }
  }

  /// The records that the states of `lines` count, all together.
  static func counts(_ lines: [String]) throws -> Int {
    try lines.reduce(0) { sum, line in
      sum + Int(try JSONValue(parsing: line)["state"]?["sourceStats"]?["recordCount"]?.double ?? 0)
    }
  }
}

/// An API of two streams: `days`, read day by day, and `shelves`, a partition each.
enum Archive {
  static let days = (1...28).map { "2024-02-" + ($0 < 10 ? "0\($0)" : "\($0)") }
  static let shelves = (1...6).map { "shelf-\($0)" }
  static let ids = Set(
    days.flatMap { day in (0..<6).map { "\(day)/\($0)" } } + shelves.flatMap { shelf in books(shelf).map(\.id) })

  private static func books(_ shelf: String) -> [(id: String, time: String)] {
    days.prefix(20).map { ("\(shelf)/\($0)", "\($0)T12:00:00Z") }
  }

  @Sendable static func answer(_ request: UnrulyAPI.Request) -> UnrulyAPI.Answer {
    let items = URLComponents(string: request.target)?.queryItems ?? []
    let query = Dictionary(items.map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { $1 })
    let size = 4
    let from = query["from"] ?? ""
    let found: [(id: String, time: String)] =
      if request.path == "/days" {
        days.flatMap { day in (0..<6).map { ("\(day)/\($0)", "\(day)T0\($0):00:00Z") } }
          .filter { $0.1 >= from && $0.1 <= query["to"] ?? "~" }
      } else {
        books(query["shelf"] ?? "").filter { $0.time >= from }
      }
    let page = found.dropFirst((Int(query["page"] ?? "1") ?? 1) * size - size).prefix(size)
    let text = page.map { #"{"id": "\#($0.id)", "time": "\#($0.time)", "text": "\#(String(repeating: "x", count: 40))"}"# }
    return .json(200, #"{"items": [\#(text.joined(separator: ", "))]}"#)
  }

  static let manifest = """
    version: 7.39.1
    type: DeclarativeSource
    check: {type: CheckStream, stream_names: [days]}
    definitions:
      retriever:
        type: SimpleRetriever
        requester: {type: HttpRequester, url_base: "{{ config['base_url'] }}", path: "/{{ parameters['name'] }}"}
        paginator:
          type: DefaultPaginator
          pagination_strategy: {type: PageIncrement, start_from_page: 1, page_size: 4}
          page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
        record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [items]}}
      cursor:
        type: DatetimeBasedCursor
        cursor_field: time
        datetime_format: "%Y-%m-%dT%H:%M:%SZ"
        start_datetime: "2024-02-01T00:00:00Z"
        end_datetime: "2024-02-29T00:00:00Z"
        start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: from}
    streams:
      - type: DeclarativeStream
        name: days
        $parameters: {name: days}
        retriever: {$ref: "#/definitions/retriever"}
        incremental_sync:
          $ref: "#/definitions/cursor"
          step: P1D
          cursor_granularity: PT1S
          end_time_option: {type: RequestOption, inject_into: request_parameter, field_name: to}
        schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}
      - type: DeclarativeStream
        name: shelves
        $parameters: {name: shelves}
        retriever:
          $ref: "#/definitions/retriever"
          partition_router:
            type: ListPartitionRouter
            values: [shelf-1, shelf-2, shelf-3, shelf-4, shelf-5, shelf-6]
            cursor_field: shelf
            request_option: {type: RequestOption, inject_into: request_parameter, field_name: shelf}
        incremental_sync: {$ref: "#/definitions/cursor"}
        schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}
    spec: {type: Spec, connection_specification: {type: object, properties: {base_url: {type: string}}}}

    """
}

/// Random numbers that repeat exactly (SplitMix64).
private struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
