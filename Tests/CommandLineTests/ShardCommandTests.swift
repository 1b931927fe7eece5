import Foundation
import JSON
import Testing

/// `shard`, `read --part` and `state merge`, by the program, against an API that is made up.
@Suite struct ShardCommandTests {
  private static let manifest = """
    version: 6.0.0
    type: DeclarativeSource
    check: {type: CheckStream, stream_names: [orders]}
    streams:
      - type: DeclarativeStream
        name: orders
        primary_key: id
        schema_loader:
          type: InlineSchemaLoader
          schema: {type: object, properties: {id: {type: integer}, shop: {type: string}}}
        retriever:
          type: SimpleRetriever
          requester: {type: HttpRequester, url_base: "https://api.example.com", path: "/{{ stream_partition.shop }}", http_method: GET}
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
          partition_router: {type: ListPartitionRouter, cursor_field: shop, values: [SHOPS]}
    spec:
      type: Spec
      connection_specification:
        type: object
        properties: {token: {type: string, airbyte_secret: true}, region: {type: string}}
    """

  private func prepared(shops: String = "alpha, beta, gamma") throws -> Folder {
    let folder = try Folder()
    try folder.write("manifest.yaml", Self.manifest.replacing("SHOPS", with: shops))
    try folder.write("config.json", #"{"token": "open sesame", "region": "eu"}"#)
    return folder
  }

  private static let config = ["--config", "config.json", "--mock"]

  private func shard(_ folder: Folder, _ arguments: [String] = ["--parts", "2"]) async throws -> Tool.Outcome {
    try await Tool.run(["shard", "manifest.yaml"] + Self.config + arguments + ["-o", "parts"], in: folder)
  }

  private func read(_ folder: Folder, part: String, _ arguments: [String] = []) async throws -> Tool.Outcome {
    try await Tool.run(["read", "manifest.yaml"] + Self.config + ["--part", "parts/\(part).json"] + arguments, in: folder)
  }

  private func records(_ output: String) -> [String] {
    output.split(separator: "\n").compactMap { line in
      (try? JSONValue(parsing: String(line)))?["record"]?["data"]?.jsonText
    }.sorted()
  }

  @Test("The parts have the records of the whole, and their state is its state")
  func whole() async throws {
    let folder = try prepared()
    let divided = try await shard(folder)
    #expect(divided.status == 0, "\(divided.stderr)")
    #expect(divided.stdout == "2 parts in parts, 1 to 2 slices each\n  orders  3 slices\n")
    var outputs = ""
    for part in ["0000", "0001"] {
      let run = try await read(folder, part: part)
      #expect(run.status == 0, "\(run.stdout)")
      try folder.write("\(part).jsonl", run.stdout)
      outputs += run.stdout
    }
    let whole = try await Tool.run(["read", "manifest.yaml"] + Self.config, in: folder)
    #expect(records(outputs) == records(whole.stdout) && !records(outputs).isEmpty)
    let merged = try await Tool.run(["state", "merge", "parts", "0000.jsonl", "0001.jsonl", "--require-all"], in: folder)
    #expect(merged.status == 0, "\(merged.stderr)")
    #expect(merged.stdout.contains(#""stream_state":{"__ab_no_cursor_state_message":true}"#))
  }

  @Test("What was read of a part is not read again")
  func continued() async throws {
    let folder = try prepared()
    _ = try await shard(folder)
    let run = try await read(folder, part: "0000")
    try folder.write("earlier.jsonl", run.stdout)
    let again = try await read(folder, part: "0000", ["--state", "earlier.jsonl"])
    #expect(again.status == 0 && records(again.stdout).isEmpty && !records(run.stdout).isEmpty)
    let other = try await read(folder, part: "0001", ["--state", "earlier.jsonl"])
    #expect(other.status == 78 && other.stdout.contains("The state of stream `orders` is not of parts/0001.json"))
  }

  @Test("Secrets are in no file, and may be others later; the rest of the config may not")
  func secrets() async throws {
    let folder = try prepared(shops: "alpha, open sesame")
    let divided = try await shard(folder)
    #expect(divided.stdout.contains("whole in one part: its partitions hold a secret of the config"))
    for file in ["index", "0000", "0001"] {
      let text = try folder.text("parts/\(file).json")
      #expect(!text.contains("sesame"))
    }
    try folder.write("config.json", #"{"token": "another secret", "region": "eu"}"#)
    let renewed = try await read(folder, part: "0000")
    #expect(renewed.status == 0, "\(renewed.stdout)")
    try folder.write("config.json", #"{"token": "another secret", "region": "us"}"#)
    let run = try await read(folder, part: "0000")
    #expect(run.status == 78 && run.stdout.contains("is a part of a read with another config"))
  }

  @Test(
    "What is wrong is said in a sentence",
    arguments: [
      ("shard MANIFEST --parts 2 -o full", 78, "The folder full holds other files, such as note.txt"),
      ("shard MANIFEST --parts 2 -o config.json", 78, "config.json is a file"),
      ("shard MANIFEST --parts 0 -o p", 64, "--parts should be a number from 1"),
      ("read MANIFEST --part none.json", 78, "The part none.json does not exist"),
      ("read MANIFEST --part config.json", 78, "config.json is not a part of a read"),
      ("read MANIFEST --part full", 78, "full has no index.json"),
      ("read MANIFEST --part x.json --limit 3", 64, "--part says itself what is read"),
      ("state merge full", 1, "full has no index.json"),
      ("state merge config.json --require-all", 1, "name the folder that `shard` wrote first"),
    ])
  func mistakes(_ line: String, _ status: Int32, _ sentence: String) async throws {
    let folder = try prepared()
    try folder.makeFolder("full")
    try folder.write("full/note.txt", "")
    let words = line.replacing("MANIFEST", with: "manifest.yaml --config config.json --mock").split(separator: " ")
    let run = try await Tool.run(words.map { String($0) }, in: folder)
    #expect(run.status == status)
    #expect((run.stdout + run.stderr).contains(sentence), "\(run.stdout)\(run.stderr)")
  }

  @Test("The number of a part may come from the environment, as in an indexed Job")
  func numbers() async throws {
    let folder = try prepared()
    _ = try await shard(folder)
    let run = try await Tool.shell(
      #"JOB_COMPLETION_INDEX=1 "$@""#, ["read", "manifest.yaml"] + Self.config + ["--part", "parts"], in: folder)
    let named = try await read(folder, part: "0001")
    #expect(records(run.stdout) == records(named.stdout))
  }
}
