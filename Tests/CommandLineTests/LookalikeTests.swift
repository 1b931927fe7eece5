import Foundation
import JSON
import Testing

/// Streams whose names look the same are two, as they are on the wire.
@Suite struct LookalikeTests {
  private static let names = ["\u{E9}", "e\u{301}"]

  /// Each stream has records of its own path, and a cursor.
  private static func connection() throws -> Connection {
    let api = try UnrulyAPI { request in
      let number = request.path == "/one" ? 1 : 2
      return .json(
        200, "{\"items\": [{\"id\": \(number), \"at\": \"2025-0\(number)-01\", \"\(names[0])\": 1, \"\(names[1])\": 2}]}")
    }
    func stream(_ name: String, _ path: String) -> String {
      """
        - type: DeclarativeStream
          name: "\(name)"
          primary_key: id
          retriever:
            type: SimpleRetriever
            requester: {type: HttpRequester, url_base: "{{ config['base_url'] }}", path: \(path)}
            record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [items]}}
          incremental_sync:
            type: DatetimeBasedCursor
            cursor_field: at
            datetime_format: "%Y-%m-%d"
            start_datetime: "2025-01-01"
          schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {}, "\(names[0])": {}}}}
      """
    }
    return try Connection(
      to: api,
      manifest: """
        version: 7.39.1
        type: DeclarativeSource
        check: {type: CheckStream, stream_names: ["\(names[1])"]}
        streams:
        \(stream(names[0], "/one"))
        \(stream(names[1], "/two"))
        spec: {type: Spec, connection_specification: {type: object, properties: {}}}
        """)
  }

  /// The code points of a text, as Swift would call the two names equal.
  private static func points(_ text: String?) -> [UInt32] { text?.unicodeScalars.map(\.value) ?? [] }

  private static let points = names.map { points($0) }

  @Test func bothAreListedReadAndKeptApart() async throws {
    let connection = try Self.connection()
    let discovered = try await connection.run("discover", "-c", "config.json")
    let listed = try discovered.messages().compactMap { $0["catalog"]?["streams"]?.array }.first ?? []
    #expect(listed.map { Self.points($0["name"]?.string) } == Self.points)
    #expect(try await connection.run("check", "-c", "config.json").status == 0)

    let run = try await connection.run("read", "-c", "config.json")
    #expect(run.status == 0, "\(run.stderr)")
    let messages = try run.messages()
    let records = messages.compactMap { $0["record"] }.map { (Self.points($0["stream"]?.string), $0["data"]?["id"]?.int ?? 0) }
    for (number, points) in Self.points.enumerated() { #expect(records.filter { $0.0 == points }.map(\.1) == [number + 1]) }
    try connection.folder.write("messages.jsonl", run.stdout)

    // Each goes on from its own state.
    let extracted = try await connection.run("state", "extract", "messages.jsonl")
    let states = try JSONValue(parsing: extracted.stdout).array ?? []
    let cursors = states.map {
      (Self.points($0["stream"]?["stream_descriptor"]?["name"]?.string), $0["stream"]?["stream_state"]?["at"]?.string ?? "")
    }
    for (number, points) in Self.points.enumerated() {
      #expect(cursors.filter { $0.0 == points }.map(\.1) == ["2025-0\(number + 1)-01"])
    }
    try connection.folder.write("state.json", extracted.stdout)
    let changed = try await connection.run("state", "set", "state.json", "--stream", Self.names[1], "--cursor", "2025-09-01")
    #expect(changed.stdout.contains("2025-01-01") && changed.stdout.contains("2025-09-01"))
    #expect(!changed.stdout.contains("2025-02-01"))
  }

  @Test func oneOfThemCanBeChosen() async throws {
    let connection = try Self.connection()
    for (number, name) in Self.names.enumerated() {
      let run = try await connection.run("read", "-c", "config.json", "--records", "--streams", name)
      #expect(run.stdout.contains("\"id\":\(number + 1)") && run.stdout.split(separator: "\n").count == 1, "\(run.stdout)")
    }
    let catalog = try await connection.run("catalog", "-c", "config.json", "--exclude", Self.names[0])
    let chosen = try JSONValue(parsing: catalog.stdout)["streams"]?.array ?? []
    #expect(chosen.map { Self.points($0["stream"]?["name"]?.string) } == [Self.points[1]])
  }

  @Test func filesAndReportsKeepThemApart() async throws {
    let connection = try Self.connection()
    func read() async throws -> Tool.Outcome {
      try await connection.run(
        "read", "-c", "config.json", "--output", "data", "--output-format", "csv", "--report", "report.json")
    }
    let run = try await read()
    #expect(run.status == 0, "\(run.stderr)")
    let first = try connection.folder.text("data/\(Self.names[0]).csv")
    #expect(first.contains("id,\(Self.names[0]),_extra\n1,1,"), "\(first)")
    // The value of the other one is beside the columns.
    #expect(first.contains("\"\"\(Self.names[1])\"\":2"))
    #expect(try connection.folder.text("data/\(Self.names[1]).csv").contains("\n2,1,"))
    let report = try JSONValue(parsing: try connection.folder.text("report.json"))
    let streams = report["streams"]?.array ?? []
    #expect(Set(streams.map { Self.points($0["name"]?.string) }) == Set(Self.points))
    #expect(streams.allSatisfy { $0["records"] == 1 && $0["requests"]?["total"] == 1 })
    let fields = streams.first?["fields"]?.array ?? []
    #expect(fields.map { Self.points($0["path"]?.string) }.filter(Self.points.contains).count == 2)
    // The second read goes on from both.
    #expect(try await read().status == 0)
    let state = try JSONValue(parsing: try connection.folder.text("data/state.json")).array ?? []
    #expect(Set(state.map { Self.points($0["stream"]?["stream_descriptor"]?["name"]?.string) }) == Set(Self.points))
  }
}
