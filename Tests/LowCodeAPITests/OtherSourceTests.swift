import Foundation
import LowCode
import Synchronization
import Testing

/// Sources of other kinds through the library: programs, Singer taps, several as one, and code in Swift.
@Suite(.timeLimit(.minutes(15))) struct OtherSourceTests {
  /// A folder of small programs. It goes with its last reference.
  private final class Folder: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "sources-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(path)/\(name)")
    }

    func text(_ name: String) -> String? {
      FileManager.default.contents(atPath: "\(path)/\(name)").map { String(decoding: $0, as: UTF8.self) }
    }

    /// A tap of two tables in a schema of a database.
    func tap(read: String) throws {
      try write(
        "catalog.json",
        """
        {"streams": [{"tap_stream_id": "public-orders", "stream": "orders", "table_name": "orders", "key_properties": ["id"],
          "schema": {"type": "object", "properties": {"id": {"type": "integer"}}},
          "metadata": [{"breadcrumb": [], "metadata": {"schema-name": "public", "valid-replication-keys": ["id"]}}]}]}
        """)
      try write(
        "tap.sh",
        """
        #!/bin/sh
        cd "$(dirname "$0")"
        case "$*" in
          *--about*) exit 2 ;;
          *--discover*) cat catalog.json; exit 0 ;;
        esac
        while [ $# -gt 0 ]; do
          if [ "$1" = --state ]; then cp "$2" given-state; fi
          shift
        done
        \(read)
        """)
      try write("tap.yaml", "version: 2.1.0\ntype: SingerSource\ntap: {command: [./tap.sh]}\nnamespaces: true\n")
    }

    /// A program of the protocol, which writes `lines` when it reads.
    func program(_ name: String, _ lines: String) throws {
      try write(
        "\(name).sh",
        #"""
        #!/bin/sh
        case $1 in
          spec) echo '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object","properties":{"key":{"type":"string","airbyte_secret":true}}}}}' ;;
          check) echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":"The key sesame-key is wrong"}}' ;;
          discover) echo '{"type":"CATALOG","catalog":{"streams":[{"name":"\#(name)","json_schema":{},"supported_sync_modes":["full_refresh"]}]}}' ;;
          read)
        """# + "\n\(lines)\n;;\nesac\n")
      try write("\(name).yaml", "type: ProcessSource\ncommand: [./\(name).sh]\n")
    }

    func connector(_ name: String, config: JSONObject = ["key": "sesame-key"]) throws -> Connector {
      var runtime = Runtime.system
      runtime.environment["HOME"] = path
      return Connector(try Manifest(contentsOf: "\(path)/\(name)"), config: config, runtime: runtime)
    }
  }

  private static let record = #"{"type":"RECORD","stream":"orders","record":{"id":1},"time_extracted":"2024-01-02T03:04:05Z"}"#

  @Test func aTapIsASourceLikeAnyOther() async throws {
    let folder = try Folder()
    try folder.tap(read: #"echo '\#(Self.record)'; echo '{"type":"STATE","value":{"bookmarks":{"public-orders":{"id":1}}}}'"#)
    let connector = try folder.connector("tap.yaml")
    #expect(connector.manifest.type == "SingerSource")
    #expect(connector.manifest.version == "2.1.0")
    #expect(try await connector.spec()["connectionSpecification"]?["type"] == "object")
    #expect(try await connector.check() == .success)
    let streams = try await connector.discover()
    #expect(streams.map(\.name) == ["orders"] && streams.first?.namespace == "public")
    var state = ConnectorState()
    var records: [RecordMessage] = []
    var statuses: [StreamStatus] = []
    for try await message in connector.read() {
      switch message {
      case .record(let record): records.append(record)
      case .state(let message): state.add(message)
      case .streamStatus(let status): statuses.append(status.status)
      default: break
      }
    }
    #expect(records.map { $0["id"] } == [1])
    #expect(records.first?.namespace == "public" && records.first?.emittedAt == 1_704_164_645_000)
    #expect(statuses == [.started, .running, .complete])
    #expect(state.whole.streams == [StreamDescriptor(name: "orders", namespace: "public"): ["id": 1]])
    let kept = try ConnectorState(json: state.json)
    #expect(kept == state)
    for try await _ in connector.read(.streams("orders"), from: kept) {}
    #expect(try JSONValue(parsing: try #require(folder.text("given-state"))) == ["bookmarks": ["public-orders": ["id": 1]]])
  }

  @Test func aStateOfAllStreamsIsHandedBack() async throws {
    let folder = try Folder()
    try folder.tap(read: #"echo '\#(Self.record)'; echo '{"type":"STATE","value":{"currently_syncing":"public-orders"}}'"#)
    let connector = try folder.connector("tap.yaml")
    var state = ConnectorState()
    for try await message in connector.read() { if case .globalState(let whole, _) = message { state.add(whole) } }
    #expect(state.whole.shared != nil)
    for try await _ in connector.read(from: try ConnectorState(json: state.json)) {}
    #expect(try JSONValue(parsing: try #require(folder.text("given-state"))) == ["currently_syncing": "public-orders"])
    // Of another source, it is refused by one that keeps nothing such.
    await #expect(throws: ConnectorError.self) { for try await _ in try Shop().connector(.items("[]")).read(from: state) {} }
  }

  @Test func aFailedTapEndsTheRead() async throws {
    let folder = try Folder()
    try folder.tap(read: "echo '\(Self.record)'; echo 'The key sesame-key has expired' >&2; exit 3")
    var records = 0
    let error = await #expect(throws: ConnectorError.self) {
      for try await message in try folder.connector("tap.yaml").read() { if case .record = message { records += 1 } }
    }
    #expect(records == 1)
    #expect(error?.failureType == .system && "\(error?.sentence ?? "")".contains("status 3"))
    #expect(!"\(String(describing: error))".contains("sesame"))
  }

  @Test func aProgramsWordsHaveNoSecrets() async throws {
    let folder = try Folder()
    try folder.program("shop", "true")
    let connector = try folder.connector("shop.yaml")
    #expect(try await connector.check() == .failure("The key **** is wrong"))
    #expect(try await connector.discover().map(\.name) == ["shop"])
  }

  /// A loop that takes no further messages holds the program back: what is on its way is bounded, however much it could write.
  @Test func aSlowLoopHoldsAProgramBack() async throws {
    let folder = try Folder()
    let line =
      #"{"type":"RECORD","record":{"stream":"shop","data":{"text":"\#(String(repeating: "x", count: 1_000))"},"emitted_at":1}}"#
    try folder.program("shop", "while echo '\(line)'; do printf x >> written; done")
    let taken = Counter()
    for try await message in try folder.connector("shop.yaml").read() {
      guard case .record = message else { continue }
      // It writes until the pipe and what is read ahead are full, and then stands still.
      if taken.next() == 1 { try await Self.untilSettled { folder.text("written") } }
      if taken.count == 5 { break }
    }
    #expect(try #require(folder.text("written")).count < 50_000)
  }

  @Test func theProgramEndsWithTheLoop() async throws {
    let folder = try Folder()
    try folder.program(
      "shop",
      #"echo $$ > pid; echo '{"type":"RECORD","record":{"stream":"shop","data":{"n":1},"emitted_at":1}}'; "#
        + #"echo '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"shop"},"stream_state":{"n":1}}}}'; "#
        + "exec sleep 1000")
    for try await message in try folder.connector("shop.yaml").read() { if case .state = message { break } }
    let id = try #require(folder.text("pid").flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) })
    #expect(try await eventually { kill(id, 0) != 0 })
  }

  @Test func severalSourcesAreOne() async throws {
    let folder = try Folder()
    try folder.tap(read: "echo '\(Self.record)'")
    try folder.program("old", #"echo '{"type":"RECORD","record":{"stream":"old","data":{"n":1},"emitted_at":1}}'"#)
    try folder.write("items.yaml", Shop().text)
    try folder.write(
      "all.yaml",
      """
      type: CombinedSource
      sources:
        - {manifest: tap.yaml, prefix: tap_}
        - {manifest: old.yaml}
        - {manifest: items.yaml}
        - {type: Ledger, name: ledger}
      """)
    var sources = SourceTypes()
    sources.add(Ledger.self)
    let manifest = try Manifest(contentsOf: "\(folder.path)/all.yaml", sources: sources)
    let connector = Connector(manifest, config: ["account": "a"], runtime: .test(.items(#"[{"id": 7}]"#)))
    var found: [String] = []
    for try await message in connector.read() {
      if case .record(let record) = message { found.append("\(record.stream) \(JSONValue.object(record.data).jsonText)") }
    }
    #expect(found == [#"tap_orders {"id":1}"#, #"old {"n":1}"#, #"items {"id":7}"#, #"bookings {"n":1}"#, #"bookings {"n":2}"#])
  }

  // MARK: Code in Swift

  /// A source in Swift, which renews its key while it reads.
  struct Ledger: StreamedSource {
    static let specification: JSONObject = [
      "type": "object", "required": ["account"],
      "properties": ["account": ["type": "string"], "key": ["type": "string", "airbyte_secret": true]],
    ]

    init(config: JSONObject, runtime: RuntimeEnvironment) throws {}

    var streams: [any SourceStream] { [Bookings()] }

    struct Bookings: SourceStream {
      let name = "bookings"
      let schema: JSONObject = ["type": "object", "properties": ["n": ["type": "integer"]]]
      let cursorField: String? = "n"

      func read(from state: JSONObject?, to output: StreamOutput) async throws {
        let last = state?["n"]?.int ?? 0
        for number in last + 1...last + 2 { try await output.record(["n": .int(number)]) }
        try await output.state(["n": .int(last + 2)])
      }
    }
  }

  @Test func codeInSwiftNeedsNoManifest() async throws {
    let connector = Connector(Ledger.self, config: ["account": "a"])
    #expect(connector.manifest.type == "Ledger")
    #expect(try await connector.check() == .success)
    var state = ConnectorState()
    for _ in 0..<2 {
      for try await message in connector.read(from: state) { if case .state(let message) = message { state.add(message) } }
    }
    #expect(state.streams == ["bookings": ["n": 4]])
    #expect(!(try await Connector(Ledger.self).check()).isSuccess)
    await #expect(throws: IncompleteRead.self) { for try await _ in connector.read(.streams("bokings")) {} }
  }

  /// A source that changes its config.
  struct Renewing: SwiftSource {
    static let specification: JSONObject = ["type": "object", "properties": ["key": ["type": "string", "airbyte_secret": true]]]

    init(config: JSONObject, runtime: RuntimeEnvironment) throws {}

    func check() async throws -> ConnectionStatus { .success }
    func discover() async throws -> [AirbyteStream] { [] }

    func read(_ request: ReadRequest, to output: SourceOutput) async throws {
      try await output.control(config: ["key": "poppy-key"])
      output.runtime.log.log(.info, "The key is poppy-key now")
    }
  }

  @Test func aChangedConfigIsReportedOnce() async throws {
    let changes = Mutex<[JSONObject]>([])
    let connector = Connector(Renewing.self, config: ["key": "sesame-key"]) { config in changes.withLock { $0.append(config) } }
    var messages: [String] = []
    for try await message in connector.read(Catalog([])) {
      switch message {
      case .control(let config): messages.append(JSONValue.object(config).jsonText)
      case .log(let line): messages.append(line.text)
      default: break
      }
    }
    #expect(changes.withLock { $0 } == [["key": "poppy-key"]])
    #expect(messages == [#"{"key":"poppy-key"}"#, "The key is **** now"])
  }

  @Test func whatIsWrongInAManifestIsFound() async throws {
    #expect(throws: ManifestError.self) { try Manifest(text: "type: SingerSource\ntap: {}\n") }
    let findings = await ManifestChecker().check(text: "type: SingerSource\ntap: {comand: [tap]}\n")
    #expect(findings.contains { $0.severity == .error && $0.location?.line == 2 }, "\(findings)")
  }

  // MARK: Helpers

  private final class Counter: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }
    func next() -> Int {
      value.withLock { value in
        value += 1
        return value
      }
    }
  }

  /// Waits until a value is the same in several looks, one after the other.
  private static func untilSettled(_ value: () -> String?) async throws {
    var (last, same) = (value(), 0)
    while same < 5 {
      try await Task.sleep(for: .milliseconds(50))
      let now = value()
      same = now == last ? same + 1 : 0
      last = now
    }
  }
}
