import JSON
import Synchronization
import Testing

@testable import Authoring

/// The parts of the report of a read.
@Suite struct RunReportTests {
  @Test func keysThatCameBeforeAreFound() {
    var keys = KeySet(in: KeyRoom(bytes: 1 << 20))
    var random = SystemRandomNumberGenerator()
    let numbers = (0..<10_000).map { _ in UInt64.random(in: 2 ... .max, using: &random) } + [0]
    let (first, again) = (Set(numbers).map { keys.insert($0) }, numbers.map { keys.insert($0) })
    #expect(!first.contains(true))
    #expect(!again.contains(false))
    #expect(keys.count == Set(numbers).count)
    #expect(!keys.isFull)
  }

  @Test(arguments: [1 << 20, 16_384, 100]) func keysOfPagesAreFoundAsOneByOne(room: Int) {
    var (pages, single) = (KeySet(in: KeyRoom(bytes: room)), KeySet(in: KeyRoom(bytes: room)))
    // 0 stands for no key.
    let numbers = (0..<9_000).map { UInt64(($0 * 7_919) % 5_000) }
    for start in stride(from: 0, to: numbers.count, by: 700) {
      let page = Array(numbers[start..<min(start + 700, numbers.count)])
      var found: [Int] = []
      page.withUnsafeBufferPointer { page in pages.insert(page) { found.append($0) } }
      var expected: [Int] = []
      for (place, number) in page.enumerated() where number != 0 && single.insert(number) { expected.append(place) }
      #expect(found == expected)
    }
    #expect(pages.count == single.count)
    #expect(pages.isFull == single.isFull)
  }

  @Test func keysBeyondTheMemoryAreNotRemembered() {
    let room = KeyRoom(bytes: 16_384)
    var keys = KeySet(in: room)
    let known = [keys.insert(1)] + (2...10_000).map { keys.insert($0) }
    #expect(!known.contains(true))
    #expect(keys.isFull)
    #expect(keys.count == 1_536)
    let late = [1, 9_999].map { keys.insert($0) }
    #expect(late == [true, false])
    // What one stream has taken, another one lacks.
    var others = KeySet(in: room)
    let lost = [1, 1].map { others.insert($0) }
    #expect(lost == [false, false])
    #expect(others.isFull)
  }

  @Test func timeBelongsToWhatHappensInIt() {
    let time = Mutex<Int64>(0)
    let shares = TimeShares { time.withLock { $0 } }
    func pass(_ seconds: Int64) { time.withLock { $0 += seconds * 1_000_000 } }
    pass(1)
    shares.begin(.request)
    pass(2)
    shares.begin(.wait)
    pass(4)
    shares.end(.request)
    pass(8)
    shares.end(.wait)
    pass(16)
    #expect(shares.seconds == TimeShares.Seconds(network: 6, waiting: 8, processing: 17))
    // A clock that is set back does no harm.
    pass(-100)
    #expect(shares.seconds.all == 31)
  }

  @Test(arguments: [
    (TimeShares.Seconds(network: 1, waiting: 8, processing: 1), 9.0, "waits"),
    (TimeShares.Seconds(network: 8, waiting: 1, processing: 1), 1, "network"),
    (TimeShares.Seconds(network: 8, waiting: 1, processing: 1), 9, "cpu"),
    (TimeShares.Seconds(network: 1, waiting: 1, processing: 8), 1, "processing"),
  ])
  func aLimitIsWhatTookMost(shares: TimeShares.Seconds, cpu: Double, limit: String) {
    var report = ReadReport(outcome: .complete, started: 0, ended: 10_000_000)
    report.shares = shares
    report.cpu = cpu
    #expect(report.limit.rawValue == limit)
    #expect(report.json["limited_by"]?["what"]?.string == limit)
  }

  private static func fields(_ schema: String, _ records: String...) throws -> ReadReport.Stream {
    var tally = FieldTally()
    for text in records { tally.add(try JSONDocument(parsing: text).root, patches: []) }
    var stream = ReadReport.Stream(name: "s")
    stream.records = records.count
    let builder = StreamReportBuilder { $0.replacing("secret", with: "****") }
    builder.addFields(tally.fields, schema: try JSONValue(parsing: Array(schema.utf8)).object ?? [:], to: &stream)
    return stream
  }

  @Test(arguments: [
    (#"{"properties": {"id": {"type": "integer"}}}"#, #"{"id": 1}"#, [], []),
    (#"{"properties": {"id": {"type": "integer"}, "x": {}}}"#, #"{"id": 1, "y": 1}"#, ["y"], ["x"]),
    // Schemas that list nothing, or allow more, declare everything.
    (#"{}"#, #"{"id": 1}"#, [], []),
    (#"{"properties": {"a": {}}, "additionalProperties": {"type": "integer"}}"#, #"{"id": 1}"#, [], ["a"]),
    (#"{"properties": {"a": {"type": "object"}}}"#, #"{"a": {"b": 1}}"#, [], []),
    (#"{"properties": {"a": {"properties": {"b": {}, "c": {}}}}}"#, #"{"a": {"b": 1, "d": 1}}"#, ["a.d"], ["a.c"]),
    (#"{"properties": {"l": {"items": {"properties": {"x": {}}}}}}"#, #"{"l": [{"y": 1}]}"#, ["l[].y"], ["l[].x"]),
    (##"{"$ref": "#/definitions/r", "definitions": {"r": {"properties": {"id": {}}}}}"##, #"{"id": 1, "z": 1}"#, ["z"], []),
    (#"{"anyOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}"#, #"{"a": 1}"#, [], ["b"]),
    // Names of secrets.
    (#"{"properties": {"id": {}}}"#, #"{"id": 1, "secret": 1}"#, ["****"], []),
  ])
  func fieldsAreComparedWithTheSchema(schema: String, record: String, undeclared: [String], neverSeen: [String]) throws {
    let stream = try Self.fields(schema, record)
    #expect(stream.undeclared == undeclared)
    #expect(stream.neverSeen == neverSeen)
  }

  @Test(arguments: [
    ("integer", "1", []), ("integer", "1.5", ["number"]), ("number", "1", []), ("string", "null", []),
    ("string", "[]", ["array"]),
    ("boolean", #""x""#, ["string"]),
  ])
  func typesAreComparedWithTheSchema(type: String, value: String, unexpected: [String]) throws {
    let stream = try Self.fields(#"{"properties": {"a": {"type": "\#(type)"}}}"#, #"{"a": \#(value)}"#)
    #expect(stream.fields.map(\.unexpected) == [unexpected])
  }

  @Test func sharesOfNullCountWhatIsMissing() throws {
    let stream = try Self.fields("{}", #"{"a": 1}"#, #"{"a": null}"#, "{}", #"{"a": 2}"#)
    #expect(stream.fields.map { [$0.nulls, $0.missing] } == [[1, 1]])
    #expect(stream.fields[0].nullShare == 0.5)
  }

  @Test func aPageHoldsTextsAsTexts() throws {
    var report = ReadReport(outcome: .failed("<script>alert('no')</script>"), started: 0, ended: 1_000_000)
    report.failure = report.outcome.failure
    var stream = try Self.fields("{}", #"{"<i>\u0007\u202e&\"'": 1}"#)
    stream.findings = ["</ul><img src=x onerror=alert(1)>"]
    report.streams = [stream]
    report.waits = [.init(stream: "<s>", reason: "\"&", count: 1, seconds: 1)]
    let html = ReportPage(report, title: "<title>").html
    for text in [
      "<script", "<img", "<i>", "<s>", "<title></title>", "\u{7}", "\u{202E}", "http://", "https://", "@import", "url(",
    ] {
      #expect(!html.contains(text), "\(text)")
    }
    #expect(html.contains("&lt;i&gt;\\u{7}\\u{202e}&amp;&quot;&#39;"))
    #expect(html.contains("&lt;script&gt;alert(&#39;no&#39;)&lt;/script&gt;"))
  }
}
