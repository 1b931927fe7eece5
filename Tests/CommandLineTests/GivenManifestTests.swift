import Foundation
import JSON
import Testing

/// How a manifest may be named, and what is taken where it is not.
@Suite struct GivenManifestTests {
  @Test(arguments: [
    ["check", "manifest.yaml", "-c", "config.json"], ["check", "-m", "manifest.yaml", "-c", "config.json"],
    ["check", ".", "-c", "config.json"],
    ["check", "-c", "config.json"], ["--debug", "check", "-c", "config.json"],
    ["--config", "config.json", "check", "manifest.yaml"],
    ["check", "./", "--config", "config.json"], ["check", "manifest.yaml", "-m", "manifest.yaml", "-c", "config.json"],
  ])
  func allOfThemNameTheSame(arguments: [String]) async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let run = try await Connection(to: api).run(arguments)
    #expect(try run.messages("CONNECTION_STATUS", "connectionStatus").map { $0["status"]?.string } == ["SUCCEEDED"])
    #expect(run.status == 0)
  }

  @Test func withoutAnythingTheManifestOfTheFolderSpeaks() async throws {
    let run = try await Connection().run("spec")
    #expect(try run.messages("SPEC", "spec").first?["connectionSpecification"]?["required"] == ["base_url", "token"])
    let empty = try await Tool.run(["spec"], in: Folder())
    #expect(
      try empty.messages("SPEC", "spec").first?["connectionSpecification"]?["required"] == ["__injected_declarative_manifest"])
  }

  @Test(arguments: [["package", "-o", "out"], ["package", ".", "-o", "out"]])
  func aFolderIsPackaged(arguments: [String]) async throws {
    let connection = try Connection()
    let run = try await connection.run(arguments)
    #expect(run.status == 0, "\(run.stderr)")
    #expect(try connection.folder.names().contains("out"))
  }
}
