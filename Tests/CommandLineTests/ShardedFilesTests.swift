import Foundation
import JSON
import Testing

/// Parts and outputs that are not what `shard` and `read --part` wrote.
@Suite struct ShardedFilesTests {
  private static let manifest = """
    version: 6.0.0
    type: DeclarativeSource
    check: {type: CheckStream, stream_names: [days]}
    streams:
      - type: DeclarativeStream
        name: days
        schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {day: {type: string}}}}
        retriever:
          type: SimpleRetriever
          requester: {type: HttpRequester, url_base: "https://api.example.com", path: /days}
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
        incremental_sync:
          type: DatetimeBasedCursor
          cursor_field: day
          datetime_format: "%Y-%m-%d"
          start_datetime: "{{ config['start_date'] }}"
          start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: since}
          end_time_option: {type: RequestOption, inject_into: request_parameter, field_name: until}
          step: P5D
          cursor_granularity: P1D
    spec:
      type: Spec
      connection_specification:
        type: object
        required: [start_date]
        properties: {start_date: {type: string, format: date, pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}}
    """

  private func prepared(_ config: [String]) async throws -> Folder {
    let folder = try Folder()
    try folder.write("manifest.yaml", Self.manifest)
    try folder.write("config.json", #"{"start_date": "2024-01-01"}"#)
    let run = try await Tool.run(["shard", "--mock", "--parts", "3", "-o", "parts"] + config, in: folder)
    try #require(run.status == 0, "\(run.stderr)")
    return folder
  }

  private static let config = ["--config", "config.json"]

  /// The config that is made up is another one a second later: only what the part says counts then.
  @Test func anApiThatIsMadeUpNeedsNoConfig() async throws {
    let folder = try await prepared([])
    let index = try JSONValue(parsing: try folder.text("parts/index.json"))
    let part = try JSONValue(parsing: try folder.text("parts/0000.json"))
    #expect(index["config"] == part["config"])
    // As if some time had passed.
    let changed = try folder.text("parts/0000.json").replacing(try #require(part["config"]?.string), with: "0123456789abcdef")
    try folder.write("parts/0000.json", changed.replacing(#""content""#, with: #""was""#))
    let run = try await Tool.run(["read", "--mock", "--part", "parts/0000.json"], in: folder)
    #expect(run.status == 0, "\(run.stdout)")
    let given = try await Tool.run(["read", "--mock", "--part", "parts/0000.json"] + Self.config, in: folder)
    #expect(given.status == 78 && given.stdout.contains("another config"))
  }

  @Test(
    arguments: [
      (#""window":\["2024-01-01""#, #""window":["2020-01-01""#), (#""of":3"#, #""of":4"#), (#""at":0"#, #""at":1"#),
      (#""format"#, #""more":1,"format"#),
    ])
  func aPartThatWasChangedIsNotRead(pattern: String, replacement: String) async throws {
    let folder = try await prepared(Self.config)
    let text = try folder.text("parts/0000.json")
    let changed = text.replacing(try Regex(pattern), with: replacement)
    try #require(changed != text)
    try folder.write("parts/0000.json", changed)
    let run = try await Tool.run(["read", "--mock", "--part", "parts/0000.json"] + Self.config, in: folder)
    #expect(run.status == 78)
    #expect(try run.errors().first?["message"]?.string?.hasPrefix("parts/0000.json was changed since `shard` wrote it") == true)
    let merge = try await Tool.run(["state", "merge", "parts"], in: folder)
    #expect(merge.status == 1 && merge.stderr.contains("parts/0000.json was changed since"), "\(merge.stderr)")
  }

  /// Blanks and line ends are not what a part says.
  @Test func aPartMayBeWrittenAnew() async throws {
    let folder = try await prepared(Self.config)
    let part = try JSONValue(parsing: try folder.text("parts/0000.json"))
    try folder.write("parts/0000.json", part.jsonText)
    let run = try await Tool.run(["read", "--mock", "--part", "parts/0000.json"] + Self.config, in: folder)
    #expect(run.status == 0, "\(run.stdout)")
  }

  @Test func anOutputThatDoesNotFitIsNamed() async throws {
    let folder = try await prepared(Self.config)
    for number in 0..<3 {
      let run = try await Tool.run(["read", "--mock", "--part", "parts/000\(number).json"] + Self.config, in: folder)
      let text = number == 1 ? run.stdout.replacing(try Regex(#""read":\[\[\d+"#), with: #""read":[[0"#) : run.stdout
      try folder.write("o\(number).jsonl", text)
    }
    let merge = try await Tool.run(["state", "merge", "parts", "o0.jsonl", "o1.jsonl", "o2.jsonl"], in: folder)
    #expect(merge.status == 1)
    #expect(
      merge.stderr.contains("o1.jsonl has a state of stream `days` that does not fit 0001.json: one of them was changed"),
      "\(merge.stderr)")
  }
}
