import Foundation
import JSON
import Testing

/// Options about requests, with sources that send their own: each is refused with what to do instead, before anything is started.
@Suite struct SourceOptionTests {
  private static let tap = "#!/bin/sh\ntouch started\nexit 1\n"

  /// A folder with a manifest of each kind, whose programs leave a file behind when they are started.
  private static func folder() throws -> Folder {
    let folder = try Folder()
    try folder.write("tap-shop", tap)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url(of: "tap-shop").path)
    try folder.write("SingerSource.yaml", "type: SingerSource\ntap: {command: [./tap-shop]}\n")
    try folder.write("ProcessSource.yaml", "type: ProcessSource\ncommand: [./tap-shop]\n")
    try folder.write(
      "CombinedSource.yaml",
      "type: CombinedSource\nsources:\n  - {manifest: SingerSource.yaml, name: shop}\n  - {manifest: ProcessSource.yaml, name: old}\n"
    )
    try folder.write("config.json", "{}")
    return folder
  }

  private static let kinds = ["SingerSource", "ProcessSource", "CombinedSource"]

  @Test(
    arguments: kinds,
    [
      ["--mock"], ["--record", "out.har"], ["--replay", "in.har"], ["--replay", "out.har", "--replay-mode", "all"],
      ["--transport", "urlsession"], ["--components", "components.py"], ["--python", "python3"], ["--report", "out.json"],
      ["--window", "2024-01-01..2024-02-01"], ["--share", "1/4"], ["--part", "part.json"],
    ])
  func optionsWithoutEffectAreRefused(kind: String, option: [String]) async throws {
    let folder = try Self.folder()
    try folder.write("in.har", #"{"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": []}}"#)
    try folder.write(
      "part.json",
      #"""
      {"format": "airbyte-lowcode part", "version": 1, "division": "d", "number": 0, "of": 1, "share": {"number": 0, "of": 1},
        "manifest": "m", "config": "c", "catalog": "k", "streams": []}
      """#)
    let before = try folder.names()
    let run = try await Tool.run(["read", "\(kind).yaml", "--config", "config.json"] + option, in: folder)
    #expect(run.status != 0)
    let message = try #require(try run.errors().first?["message"]?.string, "\(run.stdout)\(run.stderr)")
    #expect(message.contains("`\(kind)`"), "\(message)")
    #expect(message.contains("leave \(option[0]) out") || message.contains("leave it out"), "\(message)")
    #expect(try run.errors().first?["failure_type"] == "config_error")
    // Nothing was started, and nothing written.
    #expect(try folder.names() == before)
  }

  @Test(arguments: ["check", "discover"], [["--record", "out.har"], ["--mock"], ["--transport", "urlsession"]])
  func soDoOtherCommands(command: String, option: [String]) async throws {
    let folder = try Self.folder()
    let run = try await Tool.run([command, "SingerSource.yaml", "--config", "config.json"] + option, in: folder)
    #expect(try run.errors().first?["message"]?.string?.contains("leave \(option[0]) out") == true, "\(run.stdout)")
    #expect(try !folder.names().contains("started"))
  }

  @Test func aRecordingOfAnotherRunIsKept() async throws {
    let folder = try Self.folder()
    try folder.write("out.har", "precious")
    let run = try await Tool.run(["read", "SingerSource.yaml", "--config", "config.json", "--record", "out.har"], in: folder)
    #expect(run.status == 1)
    #expect(try folder.text("out.har") == "precious")
  }

  @Test func theSourcesOfACombinedOneAreNamed() async throws {
    let folder = try Self.folder()
    let run = try await Tool.run(["read", "CombinedSource.yaml", "--config", "config.json", "--record", "out.har"], in: folder)
    let message = try #require(try run.errors().first?["message"]?.string)
    #expect(message.contains("`shop` and `old` of this `CombinedSource` are programs that send their own"), "\(message)")
  }

  /// Where all of its sources are declarative, there are requests to keep.
  @Test func aCombinedSourceWithoutProgramsIsRecorded() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let connection = try Connection(to: api)
    let folder = connection.folder
    try folder.write(
      "combined.yaml", "type: CombinedSource\nsources:\n  - {manifest: manifest.yaml, name: shop, prefix: shop_}\n")
    let read = ["read", "combined.yaml", "--config", "config.json", "--streams", "shop_ok", "--transport", "curl"]
    let run = try await Tool.run(read + ["--record", "out.har"], in: folder)
    #expect(run.status == 0, "\(run.stdout)")
    #expect(try folder.text("out.har").contains("\"entries\""))
    let again = try await Tool.run(read + ["--replay", "out.har"], in: folder)
    #expect(try again.recordCount(of: "shop_ok") == run.recordCount(of: "shop_ok"))
    #expect(again.status == 0)
  }

  @Test func aManifestThatIsAPartOfItselfEnds() async throws {
    let folder = try Folder()
    try folder.write("manifest.yaml", "type: CombinedSource\nsources:\n  - {manifest: manifest.yaml, name: a}\n")
    try folder.write("config.json", "{}")
    for command in [["discover", "--config", "config.json", "--transport", "curl"], ["spec"], ["package"]] {
      let run = try await Tool.run(command, in: folder)
      #expect(run.status == 1)
      let text = run.stdout + run.stderr
      #expect(text.contains("is a part of itself") || text.contains("has the name that the whole has"), "\(command): \(text)")
    }
  }

  @Test func whatIsNotDividedSaysSo() async throws {
    let folder = try Self.folder()
    let run = try await Tool.run(
      ["shard", "SingerSource.yaml", "--config", "config.json", "--parts", "2", "--output", "parts"], in: folder)
    #expect(run.status != 0)
    #expect(run.stderr.contains("divide its streams among several reads with `read --streams`"), "\(run.stderr)")
  }
}
