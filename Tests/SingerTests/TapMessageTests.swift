import AirbyteProtocol
import JSON
import Testing

@testable import Singer

/// Messages as values, and lines that are none.
@Suite struct TapMessageTests {
  private static func parse(_ line: String) throws(TapLineError) -> TapMessage {
    let bytes = Array(line.utf8)
    let result = bytes.withUnsafeBufferPointer { text in Result { () throws(TapLineError) in try TapMessage(parsing: text) } }
    return try result.get()
  }

  @Test func schemasHaveKeysAndBookmarks() throws {
    guard
      case .schema(let schema) = try Self.parse(
        #"{"type":"schema","stream":"a","schema":{"properties":{"id":{}}},"key_properties":["id"],"bookmark_properties":["at"]}"#)
    else { throw TapLineError.noMessage }
    #expect(schema.stream == "a")
    #expect(schema.schema == ["properties": ["id": [:]]])
    #expect(schema.keyProperties == ["id"])
    #expect(schema.bookmarkProperties == ["at"])
  }

  @Test func batchesNameFiles() throws {
    guard
      case .batch(let batch) = try Self.parse(
        #"{"type":"BATCH","stream":"a","encoding":{"format":"jsonl","compression":"gzip"},"manifest":["file:///tmp/x.json.gz"]}"#)
    else { throw TapLineError.noMessage }
    #expect(batch.compression == .gzip)
    #expect(batch.files == ["file:///tmp/x.json.gz"])
  }

  @Test(arguments: [
    ("Reading page 1", TapLineError.noMessage), (#"{"level": "info", "message": "x"}"#, .noMessage), ("[1]", .noMessage),
    ("17", .noMessage),
    (#"{"type":"RECORD","record":{}}"#, .broken("a RECORD message has no `stream`")),
    (#"{"type":"RECORD","stream":"a"}"#, .broken("a RECORD message has no object as its `record`")),
    (#"{"type":"STATE"}"#, .broken("a STATE message has no `value`")),
    (#"{"type":"RECORD","stream":"a","rec"#, .broken("it is not JSON: the string is not closed at column 35")),
    (
      #"{"type":"BATCH","stream":"a","encoding":{"format":"parquet"},"manifest":[]}"#,
      .broken("a BATCH message has files of the format `parquet`, and only `jsonl` can be read: set the tap to write that")
    ),
  ])
  func lines(line: String, error: TapLineError) { #expect(throws: error) { try Self.parse(line) } }

  @Test(
    arguments: [
      ("2024-01-02T03:04:05Z", 1_704_164_645_000), ("2024-01-02T03:04:05.678901+00:00", 1_704_164_645_678),
      ("2024-01-02 03:04:05,5", 1_704_164_645_500), ("2024-01-02T05:04:05.1+02:00", 1_704_164_645_100),
      ("2024-01-01T21:34:05-0530", 1_704_164_645_000), ("1970-01-01T00:00:00", 0), ("1969-12-31T23:59:59Z", -1_000),
      ("2000-02-29T12:00:00Z", 951_825_600_000), ("2024-13-02T03:04:05Z", nil), ("2024-01-02", nil),
      ("2024-01-02T03:04:05X", nil),
      ("yesterday", nil), ("", nil), ("2024-01-02T03:04:05.Z", nil), ("2024-01-02T03:04:05Zx", nil),
    ] as [(String, Int?)])
  func times(text: String, milliseconds: Int?) {
    var text = text
    #expect(text.withUTF8 { ExtractionTime.milliseconds($0) } == milliseconds)
  }

  @Test(arguments: [0, 951_825_600_123_456, 1_704_164_645_678_901, 4_102_444_799_999_999] as [Int64])
  func momentsAreWrittenAsTheyAreRead(microseconds: Int64) {
    var text = ExtractionTime.text(microseconds: microseconds)
    #expect(text.withUTF8 { ExtractionTime.milliseconds($0) } == Int(microseconds / 1_000))
    #expect(text.hasSuffix("Z"))
  }

  @Test(arguments: [
    ("time=2026-12-01 07:54:48 name=tap_postgres level=WARNING message=Slow", LogLevel.warn),
    ("2026-12-01 07:55:07,804 | INFO     | tap-postgres | No ERROR here", .info), ("CRITICAL Broken", .fatal),
    ("DEBUG:urllib3:GET /", .debug), ("level=error msg=x", .error), ("plain words", .info),
    ("Traceback (most recent call last):", .info), ("ValueError: bad", .error), ("requests.exceptions.HTTPError: 401", .error),
    (#"{"level": "error", "event": "It broke"}"#, .error),
  ])
  func levels(line: String, level: LogLevel) { #expect(TapLogLine(line).level == level) }

  @Test func linesOfATracebackFollowTheLineBefore() {
    #expect(TapLogLine("  File \"x.py\", line 3", following: .error).level == .error)
    #expect(TapLogLine(#"{"level": "warning", "message": "Slow"}"#).message == "Slow")
  }

  @Test func metricsAreRead() {
    let line =
      #"2026 | INFO | singer_sdk.metrics | METRIC: {"type":"counter","metric":"record_count","value":4,"tags":{"stream":"a"}}"#
    #expect(TapLogLine(line).metric?.metric == "record_count")
    #expect(TapLogLine(line).metric?.value == 4)
    #expect(TapLogLine(line).metric?.tags == ["stream": "a"])
    #expect(TapLogLine("METRIC: nonsense").metric == nil)
  }
}
