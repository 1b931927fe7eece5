import AirbyteProtocol
import ConnectorModel
import Engine
import Foundation
import JSON
import Testing

@testable import Singer

/// What becomes of a read, however its tap behaves. The taps are small shell scripts.
@Suite(.timeLimit(.minutes(15))) struct TapReadTests {
  private static func say(_ all: String...) -> String {
    all.map { "printf '%s\\n' '\($0)'" }.joined(separator: "\n")
  }

  private static let schema = #"{"type":"SCHEMA","stream":"orders","schema":{"properties":{"id":{}}},"key_properties":["id"]}"#
  private static func record(_ id: Int, _ stream: String = "orders") -> String {
    #"{"type":"RECORD","stream":"\#(stream)","record":{"id":\#(id)}}"#
  }
  private static func state(_ id: Int) -> String { #"{"type":"STATE","value":{"bookmarks":{"orders":{"id":\#(id)}}}}"# }

  @Test func recordsAndStatesComeInOrder() async throws {
    let folder = try TapFolder()
    try folder.tap(
      read: Self.say(Self.schema, Self.record(1), Self.record(2), Self.state(2), Self.record(3, "pages"), Self.state(2)))
    let run = TapRun(folder)
    let (outcome, error) = try await run.read(fakeTap)
    #expect(error == nil)
    #expect(outcome?.isComplete == true)
    #expect(
      try run.story() == [
        "orders started", "orders running", #"orders {"id":1}"#, #"orders {"id":2}"#, #"state orders {"id":2} 2"#,
        "pages started",
        "pages running", #"pages {"id":3}"#, #"state pages {"__ab_no_cursor_state_message":true} 1"#, "orders complete",
        "pages complete",
      ])
    #expect(folder.given("state") == nil)
    let catalog = try TapCatalog(try #require(folder.given("catalog")))
    #expect(catalog.streams.map { $0.metadata.stream["selected"]?.bool } == [true, true])
    #expect(catalog.streams.map(\.method) == [.incremental, .fullTable])
    #expect(catalog.streams[0].metadata.stream["replication-key"] == "at")
  }

  @Test func timesAndUnusualLinesAreUnderstood() async throws {
    let folder = try TapFolder()
    try folder.tap(
      read: Self.say(
        #"{"type": "record", "stream": "orders", "record": {"id": 1, "x": NaN}, "time_extracted": "2024-01-02T03:04:05Z"}"#,
        #"{"record": {"id": "\u00e9 \\"}, "time_extracted": "2024-01-02T03:04:05.678Z", "stream": "orders", "type": "Record"}"#,
        #"{"type":"ACTIVATE_VERSION","stream":"orders","version":1}"#, #"{"type":"FILE","stream":"orders"}"#, ""))
    let run = TapRun(folder)
    _ = try await run.read(fakeTap, streams: ["orders"])
    let records = try run.messages().compactMap { $0["record"] }
    #expect(records.map { $0["data"]?.jsonText } == [#"{"id":1,"x":null}"#, #"{"id":"é \\"}"#])
    #expect(records.map { $0["emitted_at"]?.int } == [1_704_164_645_000, 1_704_164_645_678])
    // The bytes are those of the tap.
    #expect(run.text.contains(#""data":{"id": "\u00e9 \\"}"#))
    #expect(try run.logs("DEBUG").contains { $0.contains("messages of the type FILE") })
  }

  @Test func aStateIsHandedToTheTap() async throws {
    let folder = try TapFolder()
    try folder.tap(read: Self.say(Self.schema, Self.state(5)))
    let run = TapRun(folder)
    var state = SourceState()
    state.streams[StreamDescriptor(name: "orders")] = ["id": 2]
    state.streams[StreamDescriptor(name: "pages")] = ["n": 1]
    _ = try await run.read(fakeTap, state: state)
    // A stream that is read from its beginning has no bookmark.
    #expect(folder.given("state") == ["bookmarks": ["orders": ["id": 2]]])
    #expect(try run.story().contains(#"state orders {"id":5} 0"#))
  }

  @Test func whatStreamsShareIsAStateOfAll() async throws {
    let folder = try TapFolder()
    try folder.tap(
      read: Self.say(
        #"{"type":"STATE","value":{"bookmarks":{"orders":{"id":1}},"currently_syncing":"orders"}}"#, Self.record(1),
        #"{"type":"STATE","value":{"bookmarks":{"orders":{"id":2}},"currently_syncing":null}}"#, Self.record(2)))
    let run = TapRun(folder)
    _ = try await run.read(fakeTap, streams: ["orders"])
    #expect(
      try run.story() == [
        #"state all {"currently_syncing":"orders"} orders={"id":1} 0"#, "orders started", "orders running", #"orders {"id":1}"#,
        #"state all {"currently_syncing":null} orders={"id":2} 1"#, #"orders {"id":2}"#,
        #"state all {"currently_syncing":null} orders={"id":2} 1"#, "orders complete",
      ])
    var state = SourceState()
    state.shared = ["currently_syncing": nil]
    state.streams[StreamDescriptor(name: "orders")] = ["id": 2]
    _ = try await TapRun(folder).read(fakeTap, streams: ["orders"], state: state)
    #expect(folder.given("state") == ["currently_syncing": nil, "bookmarks": ["orders": ["id": 2]]])
  }

  @Test func filesOfRecordsAreRead() async throws {
    let folder = try TapFolder()
    let file = "\(folder.path)/batch 1.jsonl"
    try Data((1...5_000).map { "{\"id\":\($0)}\n" }.joined().utf8).write(to: URL(fileURLWithPath: file))
    try folder.tap(
      read: """
        gzip -k "\(folder.path)/batch 1.jsonl"
        printf '{"type":"BATCH","stream":"orders","encoding":{"format":"jsonl","compression":"gzip"},"manifest":["file://%s"]}\\n' \
          "\(folder.path)/batch%201.jsonl.gz"
        printf '{"type":"BATCH","stream":"orders","encoding":{"format":"jsonl"},"manifest":["%s"]}\\n' "\(folder.path)/batch 1.jsonl"
        \(Self.say(Self.state(5_000)))
        """)
    let run = TapRun(folder)
    let (outcome, error) = try await run.read(fakeTap, streams: ["orders"])
    #expect(error == nil)
    #expect(outcome?.isComplete == true)
    #expect(try run.messages().count { $0["type"] == "RECORD" } == 10_000)
    #expect(try run.story().contains(#"state orders {"id":5000} 10000"#))
  }

  @Test(arguments: [
    ("s3://bucket/x.jsonl", "none", "only files of this machine can be read", FailureType.config),
    ("/nowhere/x.jsonl", "none", "cannot be opened", .system), ("/etc/passwd", "none", "is no record", .system),
  ])
  func filesThatCannotBeReadAreErrors(file: String, compression: String, words: String, type: FailureType) async throws {
    let folder = try TapFolder()
    try folder.tap(
      read: Self.say(
        #"{"type":"BATCH","stream":"orders","encoding":{"format":"jsonl","compression":"\#(compression)"},"manifest":["\#(file)"]}"#
      ))
    let (_, error) = try await TapRun(folder).read(fakeTap, streams: ["orders"])
    #expect(error?.sentence.contains(words) == true, "\(error?.sentence ?? "")")
    #expect(error?.failureType == type)
  }

  @Test func aLimitEndsTheTap() async throws {
    let folder = try TapFolder()
    try folder.tap(read: Self.say(Self.schema) + "\nwhile :; do\n\(Self.say(Self.record(1), Self.state(1)))\ndone")
    let run = TapRun(folder)
    let (outcome, error) = try await run.read(fakeTap, streams: ["orders"], limit: 3)
    #expect(error == nil)
    #expect(outcome?.failedStreams == [])
    #expect(try run.messages().count { $0["type"] == "RECORD" } == 3)
    #expect(try run.story().last == "orders incomplete")
    // A later read must not begin behind records that were not written.
    #expect(try run.story().contains { $0.hasPrefix("state") && $0.hasSuffix(" 0") } == false)
  }

  @Test func aChangedConfigIsReported() async throws {
    let folder = try TapFolder()
    try folder.tap(read: #"printf '{"refresh": "n3w-refresh-token", "id": 1}' > "$config""# + "\n" + Self.say(Self.schema))
    let run = TapRun(folder)
    let manifest =
      fakeTap + "\nconfig: {refresh: \"{{ config['login']['refresh'] }}\", id: 1}\n"
      + "spec: {connection_specification: {properties: {login: {properties: {refresh: {airbyte_secret: true}}}}}}"
    _ = try await run.read(manifest, config: ["login": ["refresh": "old-refresh-token"], "x": 1])
    #expect(run.changes == [["login": ["refresh": "n3w-refresh-token"], "x": 1]])
    #expect(run.mask.masked("n3w-refresh-token") != "n3w-refresh-token")
  }

  @Test func aSchemaThatChangesIsTold() async throws {
    let folder = try TapFolder()
    try folder.tap(
      read: Self.say(
        Self.schema, Self.record(1),
        #"{"type":"SCHEMA","stream":"orders","schema":{"properties":{"id":{},"extra":{}}},"key_properties":["id"]}"#,
        Self.record(2)))
    let run = TapRun(folder)
    let (outcome, _) = try await run.read(fakeTap, streams: ["orders"])
    #expect(outcome?.isComplete == true)
    #expect(
      try run.logs("WARN") == [
        "Stream orders: its schema changed while it was read (new: `extra`). Run `discover` again before the next read."
      ])
  }

  @Test func whatATapLogsKeepsItsLevel() async throws {
    let folder = try TapFolder()
    try folder.tap(
      read: """
        echo 'level=WARNING message=Slow' >&2
        echo 'INFO METRIC: {"type": "counter", "metric": "record_count", "value": 1, "tags": {}} s3cret-token' >&2
        \(Self.say(Self.schema))
        """)
    let run = TapRun(folder)
    _ = try await run.read(fakeTap, streams: ["orders"])
    #expect(try run.logs("WARN") == ["level=WARNING message=Slow"])
    #expect(try run.logs("INFO").contains { $0.hasPrefix("INFO METRIC") && !$0.contains("s3cret-token") })
    #expect(!run.text.contains("s3cret-token"))
  }

  @Test func fieldsThatWereNotChosenAreLeftOut() async throws {
    let folder = try TapFolder()
    let file = "\(folder.path)/batch.jsonl"
    try Data("{\"at\":3,\"id\":3}\n".utf8).write(to: URL(fileURLWithPath: file))
    let run = TapRun(folder)
    let catalog = TapFolder.catalog.replacing(
      #""properties": {"n": {"type": "integer"}}"#, with: #""properties": {"n": {}, "m": {}, "at": {}}"#)
    try folder.tap(
      catalog: catalog,
      read: Self.say(
        #"{"type":"RECORD","stream":"pages","record":{"n": 1, "m": [1, 2]}}"#,
        #"{"type":"BATCH","stream":"pages","encoding":{"format":"jsonl"},"manifest":["\#(file)"]}"#))
    _ = try await run.read(fakeTap, streams: ["pages"]) { $0[0].jsonSchema = ["properties": ["m": [:]]] }
    #expect(try run.story().filter { $0.hasPrefix("pages {") } == [#"pages {"m":[1,2]}"#, #"pages {"id":3}"#])
  }

  // MARK: Taps that fail

  private struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let script: String
    let words: [String]
    let type: FailureType
  }

  private static let faults = [
    Fault(
      testDescription: "it dies", script: "echo 'Traceback' >&2; echo 'ValueError: no s3cret-token' >&2; exit 3",
      words: ["`tap-fake` ended with status 3", "ValueError: no ****"], type: .system),
    Fault(
      testDescription: "it is killed", script: "kill -9 $$", words: ["was ended by signal 9", "said nothing about it"],
      type: .transient),
    Fault(
      testDescription: "it hangs", script: "exec sleep 600", words: ["wrote nothing for 1 s and was ended"], type: .transient),
    Fault(
      testDescription: "it hangs and ignores SIGTERM", script: "trap '' TERM; while :; do sleep 1; done",
      words: ["wrote nothing for 1 s and was ended"], type: .transient),
    Fault(
      testDescription: "it refuses its config",
      script: "echo 'Config validation failed: token is a required property' >&2; exit 1",
      words: ["Config validation failed", "give the tap the config that it needs"], type: .config),
    Fault(
      testDescription: "it dies within a message",
      script: "printf '{\"type\":\"RECORD\",\"stream\":\"orders\",\"rec'; echo 'Killed' >&2; exit 1",
      words: ["ended with status 1 in the middle of a message", "Killed"], type: .system),
    Fault(
      testDescription: "it ends well within a message", script: "printf '{\"type\":\"RECORD\",\"stream\":\"orders\",\"rec'",
      words: ["ended in the middle of a message"], type: .system),
    Fault(
      testDescription: "it prints half a message",
      script: "printf '{\"type\":\"RECORD\",\"stream\":\"orders\",\"rec\\n'\n" + say(record(2)),
      words: ["cannot be read, so that what it says is lost: it is not JSON"], type: .system),
    Fault(
      testDescription: "a record has no stream", script: say(#"{"type":"RECORD","record":{}}"#),
      words: ["a RECORD message has no `stream`"], type: .system),
  ]

  /// Whatever was said before is written; the streams are not complete; nothing is left running.
  @Test(arguments: faults)
  private func failures(fault: Fault) async throws {
    let folder = try TapFolder()
    try folder.tap(
      read: "echo $$ > \"\(folder.path)/number\"\n" + Self.say(Self.schema, Self.record(1), Self.state(1)) + "\n" + fault.script)
    let run = TapRun(folder)
    let manifest = fakeTap.replacing("silence: 30, end: 10", with: "silence: 1, end: 1")
    let (_, error) = try await run.read(manifest)
    let failure = try #require(error)
    for words in fault.words { #expect(failure.sentence.contains(words), "\(failure.sentence)") }
    #expect(failure.failureType == fault.type)
    #expect(!failure.sentence.contains("s3cret"))
    let story = try run.story()
    #expect(story.prefix(4) == ["orders started", "orders running", #"orders {"id":1}"#, #"state orders {"id":1} 1"#])
    #expect(story.contains("orders incomplete"))
    #expect(story.contains("pages incomplete"))
    #expect(!story.contains { $0.hasSuffix(" complete") })
    let number = try #require(Int32(try String(contentsOfFile: "\(folder.path)/number", encoding: .utf8).prefix { $0.isNumber }))
    #expect(kill(number, 0) == -1)
  }

  @Test func strayLinesArePassedOver() async throws {
    let folder = try TapFolder()
    try folder.tap(
      read: Self.say("Reading page 1 s3cret-token", Self.record(1), #"{"level": "info"}"#, "[]", Self.record(2)) + "\n"
        + (1...20).map { "echo stray \($0)" }.joined(separator: "\n") + "\n" + Self.say(Self.state(2)))
    let run = TapRun(folder)
    let (outcome, error) = try await run.read(fakeTap, streams: ["orders"])
    #expect(error == nil)
    #expect(outcome?.isComplete == true)
    #expect(try run.story().contains(#"state orders {"id":2} 2"#))
    let warnings = try run.logs("WARN")
    #expect(warnings.first == "The tap `tap-fake` printed a line that is no message: Reading page 1 ****")
    #expect(warnings.count == 11)
    #expect(warnings.last == "The tap `tap-fake` printed 23 lines that are no messages.")
  }

  @Test func recordsThatNobodyAskedForAreLeftOut() async throws {
    let folder = try TapFolder()
    try folder.tap(read: Self.say(Self.record(1), Self.record(1, "pages"), Self.record(2, "pages"), Self.record(3, "secret")))
    let run = TapRun(folder)
    _ = try await run.read(fakeTap, streams: ["orders"])
    #expect(try run.messages().count { $0["type"] == "RECORD" } == 1)
    #expect(try run.logs("WARN").count == 2)
  }

  @Test func aTapThatIsNotInstalledIsAConfigError() async throws {
    let run = TapRun(try TapFolder())
    let error = await #expect(throws: ConnectorError.self) {
      _ = try await run.source("type: SingerSource\ntap: {command: [tap-nowhere]}")
    }
    #expect(
      error?.sentence == "There is no program `tap-nowhere` on PATH: install it, or name it by its path, as in ./tap-nowhere")
    #expect(error?.failureType == .config)
  }

  @Test func aDiscoveryThatFailsIsTold() async throws {
    let folder = try TapFolder()
    try folder.program("tap-fake", "echo 'CRITICAL no database' >&2; exit 1")
    let source = try await TapRun(folder).source(fakeTap)
    let status = try await source.check()
    #expect(status == .failure("The discovery of the tap `tap-fake` failed: it ended with status 1: CRITICAL no database"))
    try folder.tap(catalog: "Hello", read: "")
    let other = try await TapRun(folder).source(fakeTap)
    let error = await #expect(throws: ConnectorError.self) { _ = try await other.discover() }
    #expect(error?.sentence.contains("printed no catalog") == true)
  }

  @Test func aConfigThatDoesNotFitIsToldBeforeAnythingRuns() async throws {
    let folder = try TapFolder()
    try folder.tap(read: "")
    let manifest = fakeTap + "\nspec: {connection_specification: {required: [host], properties: {host: {type: string}}}}"
    let source = try await TapRun(folder).source(manifest)
    let status = try await source.check()
    #expect(!status.isSuccess)
    #expect(status.message?.hasPrefix("Config validation error") == true)
    #expect(FileManager.default.contents(atPath: "\(folder.path)/calls") == nil)
  }

  // MARK: What a tap says of itself

  @Test func aTapOfTheSDKSpecifiesItselfAndIsTested() async throws {
    let folder = try TapFolder()
    try folder.program(
      "tap-fake",
      """
      echo "$*" >> "\(folder.path)/calls"
      case "$*" in
        *--about*) echo '{"name": "tap-fake", "settings": {"properties": {"token": {"type": "string", "secret": true}}}}' ;;
        *--test*) echo '{"type":"RECORD"}'; echo 'ERROR denied s3cret-token' >&2; exit 4 ;;
      esac
      """)
    let run = TapRun(folder)
    let source = try await run.source(fakeTap)
    let spec = try await source.spec()
    #expect(spec["connectionSpecification"]?["properties"]?["token"] == ["type": "string", "airbyte_secret": true])
    #expect(
      try await source.check() == .failure("The test of the tap `tap-fake` failed: it ended with status 4: ERROR denied ****"))
  }

  @Test func streamsAreLeftOut() async throws {
    let folder = try TapFolder()
    try folder.tap(read: "")
    let run = TapRun(folder)
    let source = try await run.source(fakeTap + "\nexclude: [ord*]\nstreams: [{name: pages, primary_key: [n]}, {name: page}]")
    let streams = try await source.discover()
    #expect(streams.map(\.name) == ["pages"])
    #expect(streams[0].sourceDefinedPrimaryKey == [["n"]])
    #expect(
      try run.logs("WARN") == ["The manifest describes the stream `page`, which the tap does not have. Did you mean `pages`?"])
  }

  // MARK: Python packages

  /// A Python that makes environments of itself, and whose pip does as it is told.
  private static func python(_ folder: TapFolder, pip: String) throws {
    try folder.tap("tap-shop", read: "")
    try folder.program(
      "python3",
      """
      echo "$*" >> "\(folder.path)/python-calls"
      case "$*" in
        *"-m venv"*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
        *"-m pip"*) bin=$(dirname "$0"); \(pip) ;;
      esac
      """)
  }

  private static let shop = "type: SingerSource\ntap: {python: {package: tap-shop, version: 1.2.0}}"

  @Test func aPackageIsInstalledOnce() async throws {
    let folder = try TapFolder()
    try Self.python(folder, pip: "cp '\(folder.path)/tap-shop' \"$bin/tap-shop\"")
    let environment = ["AIRBYTE_LOWCODE_CACHE": "\(folder.path)/cache"]
    let run = TapRun(folder, environment: environment)
    #expect(try await run.source(Self.shop).discover().map(\.name) == ["orders", "pages"])
    #expect(
      try run.logs("INFO").first?.hasPrefix("Installing the tap tap-shop==1.2.0 into \(folder.path)/cache/taps/tap-shop-1.2.0-")
        == true)
    let again = TapRun(folder, environment: environment)
    #expect(try await again.source(Self.shop).discover().count == 2)
    let calls = try String(contentsOfFile: "\(folder.path)/python-calls", encoding: .utf8)
    #expect(calls.split(separator: "\n").count == 2)
    #expect(calls.contains("tap-shop==1.2.0"))
  }

  @Test(arguments: [
    (
      "echo 'ERROR: NewConnectionError: Temporary failure in name resolution' >&2; exit 1", "cannot be reached",
      FailureType.transient
    ),
    ("echo 'ERROR: No matching distribution found for tap-shop' >&2; exit 1", "No matching distribution", .config),
    ("touch \"$bin/other\"; chmod +x \"$bin/other\"", "has no program whose name begins with `tap-`", .config),
  ])
  func aPackageThatCannotBeInstalledIsTold(pip: String, words: String, type: FailureType) async throws {
    let folder = try TapFolder()
    try Self.python(folder, pip: pip)
    let run = TapRun(folder, environment: ["AIRBYTE_LOWCODE_CACHE": "\(folder.path)/cache"])
    let error = await #expect(throws: ConnectorError.self) { _ = try await run.source(Self.shop) }
    #expect(error?.sentence.contains(words) == true, "\(error?.sentence ?? "")")
    #expect(error?.failureType == type)
    #expect(error?.mark?.line == 2)
  }

  // MARK: Wrapping

  @Test func aManifestIsWritten() async throws {
    let folder = try TapFolder()
    try folder.tap(read: "")
    let run = TapRun(folder)
    let draft = try await ManifestDraft(
      of: "tap-fake", config: ["token": "s3cret-token", "count": 1], runtime: run.runtime, writer: run.writer)
    #expect(
      draft.text == """
        # A Singer tap as a source, written by `airbyte-lowcode singer wrap`.
        version: "1.0.0"
        type: SingerSource
        tap:
          command: [tap-fake]
        # What discovery does not say of streams can be said here:
        # streams:
        #   - {name: pages, primary_key: [?]}
        spec:
          connection_specification:
            "$schema": "http://json-schema.org/draft-07/schema#"
            type: object
            properties:
              token:
                type: string
                airbyte_secret: true
              count:
                type: integer
            additionalProperties: true

        """)
    #expect(try await TapRun(folder).source(draft.text).discover().count == 2)
  }
}
