import Foundation
import JSON
import Testing

/// Commands to which the system allows little. `Tests/Limits/system_limits.py` tries many more limits.
@Suite struct SystemLimitTests {
  private static let manifest = """
    version: 7.39.1
    type: DeclarativeSource
    check: {type: CheckStream, stream_names: [items]}
    concurrency_level: {type: ConcurrencyLevel, default_concurrency: 20}
    streams:
      - type: DeclarativeStream
        name: items
        retriever:
          type: SimpleRetriever
          decoder: {type: DECODER}
          partition_router: {type: ListPartitionRouter, cursor_field: part, values: VALUES}
          requester: {type: HttpRequester, url_base: "http://ADDRESS", path: "/{{ stream_partition.part }}"}
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
        schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}
    spec: {type: Spec, connection_specification: {type: object, properties: {}}}
    """
  private static let catalog = """
    {"streams": [{"stream": {"name": "items", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
                  "sync_mode": "full_refresh", "destination_sync_mode": "append"}]}
    """

  /// - Parameter limit: what the shell is told before it runs the command.
  private func run(_ command: String, decoder: String, under limit: String) async throws -> Tool.Outcome {
    let api = try UnrulyAPI { _ in .json(200, #"{"id": 1}"#) }
    let folder = try Folder()
    try folder.write(
      "manifest.yaml",
      Self.manifest.replacing("ADDRESS", with: api.address).replacing("DECODER", with: decoder)
        .replacing("VALUES", with: "\((1...40).map(String.init))"))
    try folder.write("config.json", "{}")
    try folder.write("catalog.json", Self.catalog)
    var arguments = [command, "--manifest", "manifest.yaml", "--config", "config.json"]
    if command == "read" { arguments += ["--catalog", "catalog.json"] }
    return try await Tool.shell("\(limit) && exec \"$@\"", arguments, in: folder)
  }

  @Test(arguments: ["ulimit -n 8", "ulimit -n 12", "ulimit -n 20", "ulimit -n 64"], ["JsonDecoder", "JsonlDecoder"])
  func fewDescriptorsAreEnough(limit: String, decoder: String) async throws {
    let read = try await run("read", decoder: decoder, under: limit)
    #expect(read.status == 0, "\(read.stdout.suffix(500))")
    #expect(try read.recordCount(of: "items") == 40)
    #expect(try await run("check", decoder: decoder, under: limit).status == 0)
  }

  @Test func tooFewDescriptorsAreNamed() async throws {
    let read = try await run("read", decoder: "JsonDecoder", under: "ulimit -n 4")
    #expect(read.status == 1)
    #expect(!read.wasKilled)
    #expect(try read.errors().first?["message"]?.string?.contains("limited to 4 (ulimit -n)") == true)
  }

  @Test(arguments: [150, 250, 400, 600, 1_000])
  func littleAddressSpaceIsEnoughOrNamed(megabytes: Int) async throws {
    let read = try await run("read", decoder: "JsonDecoder", under: "ulimit -v \(megabytes * 1_024)")
    #expect(!read.wasKilled)
    if read.status == 0 {
      #expect(try read.recordCount(of: "items") == 40)
    } else {
      #expect((read.stdout + read.stderr).contains("ulimit -v") || read.status == 127)
    }
  }
}
