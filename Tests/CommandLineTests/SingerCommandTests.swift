import Foundation
import JSON
import Testing

/// Taps on the command line. The tap is a shell script.
@Suite struct SingerCommandTests {
  private static let tap = """
    #!/bin/sh
    case "$*" in
      *--about*) exit 2 ;;
      *--discover*) cat catalog.txt ;;
      *) cat messages.txt ;;
    esac
    """
  private static let catalog = """
    {"streams": [{"tap_stream_id": "orders", "stream": "orders", "key_properties": ["id"],
      "schema": {"properties": {"id": {"type": "integer"}, "note": {"type": "string"}}},
      "metadata": [{"breadcrumb": [], "metadata": {"valid-replication-keys": ["id"]}}]}]}
    """
  private static let messages = """
    {"type": "SCHEMA", "stream": "orders", "schema": {}, "key_properties": ["id"]}
    {"type": "RECORD", "stream": "orders", "record": {"id": 1, "note": "a"}, "time_extracted": "2024-01-02T03:04:05Z"}
    {"type": "STATE", "value": {"bookmarks": {"orders": {"id": 1}}}}

    """

  private static func folder() throws -> Folder {
    let folder = try Folder()
    try folder.write("tap-shop", tap)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url(of: "tap-shop").path)
    try folder.write("catalog.txt", catalog)
    try folder.write("messages.txt", messages)
    try folder.write("config.json", #"{"token": "s3cret-token"}"#)
    return folder
  }

  @Test func aTapIsReadWithoutAManifest() async throws {
    let folder = try Self.folder()
    let run = try await Tool.run(["read", "--singer", "./tap-shop", "--config", "config.json"], in: folder)
    #expect(run.status == 0, "\(run.stdout)")
    #expect(try run.messages("RECORD", "record").map { $0["data"]?.jsonText } == [#"{"id":1,"note":"a"}"#])
    #expect(try run.statuses(of: "orders") == ["STARTED", "RUNNING", "COMPLETE"])
    let spec = try await Tool.run(["spec", "--singer", "./tap-shop"], in: folder)
    #expect(try spec.messages("SPEC", "spec").count == 1)
    let records = try await Tool.run(["read", "--singer", "./tap-shop", "--config", "config.json", "--records"], in: folder)
    #expect(records.stdout == "{\"id\": 1, \"note\": \"a\"}\n")
  }

  @Test func aManifestAndATapAreOneTooMany() async throws {
    let run = try await Tool.run(
      ["check", "manifest.yaml", "--singer", "./tap-shop", "--config", "config.json"], in: try Self.folder())
    #expect(run.status == 1)
    #expect(try run.errors().first?["message"] == "--singer names a tap in the place of a manifest: leave the manifest out")
  }

  @Test func aTapIsWrapped() async throws {
    let folder = try Self.folder()
    let run = try await Tool.run(
      ["singer", "wrap", "./tap-shop", "--config", "config.json", "--output", "manifest.yaml"], in: folder)
    #expect(run.status == 0, "\(run.stderr)")
    #expect(run.stdout.isEmpty)
    #expect(run.stderr.contains("Wrote manifest.yaml."))
    let discover = try await Tool.run(["discover", "--config", "config.json"], in: folder)
    #expect(try discover.messages("CATALOG", "catalog").first?["streams"]?[0]?["name"] == "orders")
    let validate = try await Tool.run(["validate", "manifest.yaml"], in: folder)
    #expect(validate.status == 0, "\(validate.stdout)")
    let again = try await Tool.run(["singer", "wrap", "./tap-shop", "--output", "manifest.yaml"], in: folder)
    #expect(again.status == 1)
    #expect(again.stderr == "error: There is a file manifest.yaml already: name another one, or move it away\n")
  }

  @Test func statesAreHandedBack() async throws {
    let folder = try Self.folder()
    let run = try await Tool.run(["read", "--singer", "./tap-shop", "--config", "config.json"], in: folder)
    try folder.write("states.jsonl", run.stdout)
    let state = try await Tool.run(["singer", "state", "states.jsonl"], in: folder)
    #expect(state.stdout == "{\"bookmarks\":{\"orders\":{\"id\":1}}}\n")
    let meltano = try await Tool.run(["singer", "state", "states.jsonl", "--meltano"], in: folder)
    #expect(meltano.stdout == "{\"singer_state\":{\"bookmarks\":{\"orders\":{\"id\":1}}}}\n")
  }

  @Test func anySourceIsATap() async throws {
    let folder = try Self.folder()
    try folder.write("manifest.yaml", "{version: 1.0.0, type: SingerSource, tap: {command: [./tap-shop]}}")
    let discover = try await Tool.run(["as-tap", "manifest.yaml", "--config", "config.json", "--discover"], in: folder)
    let catalog = try JSONValue(parsing: discover.stdout)
    #expect(catalog["streams"]?[0]?["key_properties"] == ["id"])
    try folder.write(
      "selected.json",
      #"""
      {"streams": [{"tap_stream_id": "orders", "metadata": [{"breadcrumb": [], "metadata": {"selected": true}},
        {"breadcrumb": ["properties", "note"], "metadata": {"selected": false}}]}]}
      """#)
    let run = try await Tool.run(
      ["as-tap", "manifest.yaml", "--config", "config.json", "--catalog", "selected.json"], in: folder)
    #expect(run.status == 0, "\(run.stderr)")
    let messages = try run.messages()
    #expect(messages.map { $0["type"] } == ["SCHEMA", "RECORD", "STATE"])
    #expect(messages[1]["record"] == ["id": 1])
    #expect(messages[2]["value"] == ["bookmarks": ["orders": ["id": 1]]])
    try folder.write("none.json", #"{"streams": []}"#)
    let none = try await Tool.run(["as-tap", "manifest.yaml", "--config", "config.json", "--catalog", "none.json"], in: folder)
    #expect(none.stdout.isEmpty)
    #expect(none.stderr.contains("selects no stream"))
  }

  @Test func aPackagedConnectorIsATap() async throws {
    let folder = try Self.folder()
    try folder.write("manifest.yaml", "{version: 1.0.0, type: SingerSource, tap: {command: [./tap-shop]}}")
    let package = try await Tool.run(["package", "manifest.yaml", "--name", "source-shop"], in: folder)
    try #require(package.status == 0, "\(package.stderr)")
    try folder.remove("manifest.yaml")
    let program = folder.url(of: "source-shop").path
    let run = try await Tool.run(["as-tap", "--config", "config.json"], in: folder, executable: program)
    #expect(run.status == 0, "\(run.stderr)")
    #expect(try run.messages().map { $0["type"] } == ["SCHEMA", "RECORD", "STATE"])
    let about = try await Tool.run(["as-tap", "--about", "--format", "json"], in: folder, executable: program)
    #expect(try JSONValue(parsing: about.stdout)["name"] == "tap-shop")
    let help = try await Tool.run(["as-tap", "--help"], in: folder, executable: program)
    #expect(help.stdout.contains("source-shop as-tap --config config.json --discover"))
    #expect(!help.stdout.contains("manifest.yaml") && !help.stdout.contains("--manifest"), "\(help.stdout)")
  }

  @Test func aTapThatFailsSaysSoOnStandardError() async throws {
    let folder = try Self.folder()
    try folder.write("messages.txt", Self.messages + "{\"type\": \"RECORD\", \"str")
    try folder.write("manifest.yaml", "{version: 1.0.0, type: SingerSource, tap: {command: [./tap-shop]}}")
    let run = try await Tool.run(["as-tap", "manifest.yaml", "--config", "config.json"], in: folder)
    #expect(run.status == 1)
    #expect(try run.messages().map { $0["type"] } == ["SCHEMA", "RECORD", "STATE"])
    #expect(run.stderr.contains("ended in the middle of a message"))
    let about = try await Tool.run(["as-tap", "manifest.yaml"], in: folder)
    #expect(about.status == 64)
  }
}
