import Foundation
import JSON
import Testing

/// Several sources as one.
@Suite struct CombinedSourceTests {
  private static let read = ["read", "combined.yaml", "--config", "config.json"]

  /// A program, a second one, and a manifest without an API, together.
  private func folder(_ second: String = "prefix: old_", more: String = "", habit: ShellSource.Habit = .none) throws -> Folder {
    let folder = try ShellSource.folder(habit)
    try folder.write("shop.yaml", try folder.text("manifest.yaml"))
    try folder.write(
      "countries.yaml",
      """
      version: 7.0.0
      type: DeclarativeSource
      check: {type: CheckStream, stream_names: [countries]}
      streams:
        - type: DeclarativeStream
          name: countries
          retriever:
            type: SimpleRetriever
            requester: {type: HttpRequester, url_base: "http://127.0.0.1:9", path: "/"}
            record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
          schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}
      spec: {type: Spec, connection_specification: {type: object, properties: {region: {type: string}}}}
      """)
    try folder.write(
      "combined.yaml",
      """
      type: CombinedSource
      \(more)
      sources:
        - manifest: shop.yaml
          name: shop
          config_key: shop
        - type: ProcessSource
          command: [./shop.sh]
          name: old
          config_key: old
          \(second)
        - manifest: countries.yaml
      """)
    try folder.write("config.json", #"{"shop":{"token":"token-sesame"},"old":{"token":"token-poppy"},"region":"eu"}"#)
    return folder
  }

  @Test func theSpecificationHasAllParts() async throws {
    let spec = try await Tool.run(["spec", "combined.yaml"], in: try folder())
    let schema = try #require(try spec.messages("SPEC", "spec").first?["connectionSpecification"])
    #expect(schema["properties"]?.object?.keys.sorted() == ["old", "region", "shop"], "\(spec.stdout)")
    #expect(schema["required"] == ["shop", "old"])
    #expect(schema["properties"]?["shop"]?["properties"]?["token"]?["airbyte_secret"] == true)
  }

  @Test func theCatalogHasAllStreams() async throws {
    let run = try await Tool.run(["discover", "combined.yaml", "--config", "config.json"], in: try folder())
    let streams = try #require(try run.messages("CATALOG", "catalog").first?["streams"]?.array)
    #expect(streams.map { $0["name"]?.string } == ["orders", "notes", "old_orders", "old_notes", "countries"])
  }

  @Test func streamsOfOneNameAreAnErrorWithBothPlaces() async throws {
    let run = try await Tool.run(["discover", "combined.yaml", "--config", "config.json"], in: try folder(""))
    #expect(run.status == 1)
    let message = try #require(try run.errors().first?["message"]?.string)
    #expect(message.contains("Two sources have a stream `orders`: `shop` (combined.yaml:4:5) and `old`"), "\(message)")
    #expect(message.contains("combined.yaml:7:5"), "\(message)")
  }

  @Test func eachPartContinuesFromItsOwnState() async throws {
    let folder = try folder()
    let streams = ["--streams", "orders,old_orders"]
    let first = try await Tool.run(Self.read + streams, in: folder)
    #expect(first.status == 0, "\(first.stdout)")
    #expect(try first.statuses(of: "orders") == ["STARTED", "RUNNING", "COMPLETE"])
    #expect(try first.statuses(of: "old_orders") == ["STARTED", "RUNNING", "COMPLETE"])
    // Programs may keep something for all streams, so that all states are together.
    let states = try first.messages("STATE", "state")
    #expect(states.allSatisfy { $0["type"] == "GLOBAL" })
    let last = try #require(states.last?["global"]?["stream_states"]?.array)
    #expect(last.map { $0["stream_descriptor"]?["name"]?.string } == ["old_orders", "orders"])
    #expect(last.allSatisfy { $0["stream_state"] == ["id": 2] })
    try folder.write("messages.jsonl", first.stdout)
    let second = try await Tool.run(Self.read + streams + ["--state", "messages.jsonl", "--records"], in: folder)
    #expect(second.stdout.split(separator: "\n").count == 4)
    #expect(second.stdout.contains("{\"id\":3,") && !second.stdout.contains("{\"id\":1,"))
    #expect(!first.stdout.contains("sesame") && !first.stdout.contains("poppy"))
  }

  @Test func partsAreReadBesideEachOther() async throws {
    let run = try await Tool.run(Self.read + ["--streams", "orders,notes,old_notes"], in: try folder(more: "at_once: 2"))
    #expect(run.status == 0)
    #expect(try ["orders", "notes", "old_notes"].map { try run.recordCount(of: $0) } == [2, 1, 1])
  }

  @Test func aPartThatFailsDoesNotStopTheOthers() async throws {
    let folder = try folder(habit: .fails)
    try folder.write("good.sh", ShellSource.script())
    try folder.write("shop.yaml", "type: ProcessSource\ncommand: [sh, good.sh]\n")
    let run = try await Tool.run(Self.read + ["--streams", "old_orders,notes"], in: folder)
    #expect(run.status == 1)
    #expect(try run.recordCount(of: "notes") == 1)
    #expect(try run.statuses(of: "old_orders").last == "INCOMPLETE")
    #expect(try run.statuses(of: "notes").last == "COMPLETE")
    #expect(
      try run.errors().contains { $0["message"]?.string?.hasPrefix("old: The program `shop.sh` ended with status 7") == true })
  }

  @Test func aFolderKeepsTheStatesOfAllParts() async throws {
    let folder = try folder()
    let arguments = Self.read + ["--streams", "orders,old_orders", "--output", "data"]
    for _ in 0..<2 { #expect(try await Tool.run(arguments, in: folder).status == 0) }
    for stream in ["orders", "old_orders"] {
      let ids = try folder.text("data/\(stream).jsonl").split(separator: "\n").map {
        try JSONValue(parsing: Array($0.utf8))["id"]
      }
      #expect(ids == [1, 2, 3, 4], "\(stream)")
    }
  }

  @Test func namesThatAreAlikeAreAnError() async throws {
    let folder = try folder()
    try folder.write(
      "combined.yaml", "type: CombinedSource\nsources:\n  - {manifest: manifest.yaml}\n  - {manifest: manifest.yaml}\n")
    let run = try await Tool.run(["validate", "combined.yaml"], in: folder)
    #expect(run.status == 1)
    #expect(run.stdout.contains("combined.yaml:4:5: error: two sources are called"), "\(run.stdout)")
  }

  @Test func itsPartsAreInThePackage() async throws {
    let folder = try folder()
    let package = try await Tool.run(["package", "combined.yaml", "--name", "source-all"], in: folder)
    #expect(package.status == 0, "\(package.stderr)")
    let elsewhere = try Folder()
    try elsewhere.write("config.json", try folder.text("config.json"))
    try elsewhere.write("shop.sh", ShellSource.script())
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: elsewhere.url(of: "shop.sh").path)
    let run = try await Tool.run(
      ["read", "--config", "config.json", "--records", "--streams", "notes,old_notes"], in: elsewhere,
      executable: folder.url(of: "source-all").path)
    #expect(run.stdout.split(separator: "\n").count == 2, "\(run.stdout) \(run.stderr)")
  }
}
