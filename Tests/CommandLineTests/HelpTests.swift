import Foundation
import Testing

/// What `--help` prints and how wrong usage is told; the texts are the files of `Fixtures`.
@Suite struct HelpTests {
  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

  @Test(arguments: [
    "", "spec", "check", "discover", "read", "test-read", "catalog", "state", "state extract", "state show", "state diff",
    "state merge",
    "state set", "interpolate", "validate", "explain", "schema", "components", "components check", "components setup", "mock",
    "drill", "test", "plan", "why", "graph", "diff", "drift", "package", "image", "lsp", "doctor", "conform", "shard", "new",
    "login", "singer", "singer wrap", "singer state", "as-tap",
  ])
  func helpIsTheSnapshot(command: String) async throws {
    let words = command.split(separator: " ").map { String($0) }
    let run = try await Tool.run(words + ["--help"], in: Folder())
    let file = "\((["help"] + words).joined(separator: "-")).txt"
    #expect(run.stdout == (try Self.snapshot(file)))
    #expect(run.stderr.isEmpty)
    #expect(run.status == 0)
  }

  @Test(arguments: [
    ("unknown-command", ["frobnicate"]),
    ("unknown-option", ["read", "--config", "c.json", "--catalog", "s.json", "--frobnicate"]),
    ("missing-config", ["check", "--manifest", "m.yaml"]),
    ("missing-value", ["check", "--manifest"]),
    ("update-standard-input", ["check", "--manifest", "m.yaml", "--config", "-", "--update-config"]),
    ("no-template", ["interpolate"]),
    ("template-and-batch", ["interpolate", "x", "--batch", "cases.jsonl"]),
    ("context-and-batch", ["interpolate", "--batch", "cases.jsonl", "--context", "vars.json"]),
  ])
  func wrongUsageIsTheSnapshot(name: String, arguments: [String]) async throws {
    let run = try await Tool.run(arguments, in: Folder())
    #expect(run.stderr == (try Self.snapshot("usage-\(name).txt")))
    #expect(run.stdout.isEmpty)
    #expect(run.status == 64)
  }

  @Test func theVersionIsTheLastOfTheChangelog() async throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let changes = try String(contentsOf: root.appending(path: "CHANGELOG.md"), encoding: .utf8)
    let entry = try #require(changes.components(separatedBy: "\n## ").dropFirst().first { !$0.hasPrefix("Unreleased\n") })
    let version = try #require(entry.split(separator: "\n").first)
    let run = try await Tool.run(["--version"], in: Folder())
    let lines = run.stdout.split(separator: "\n").map { String($0) }
    #expect(lines.first == "\(version) (compatible with airbyte-cdk 7.39.1)")
    #expect(lines.dropFirst().map { String($0.prefix { $0 != ":" }) } == ["commit", "platform", "transports", "libraries"])
    #expect(lines[1].wholeMatch(of: /commit: (unknown|[0-9a-f]{12}\+?)/) != nil)
    let libraries = /libraries: libcurl [0-9.]+, OpenSSL 3[0-9.]+, zlib [0-9.]+, PCRE2 [0-9.]+, libyaml [0-9.]+, (?<others>.*)/
    let found = try #require(lines[4].wholeMatch(of: libraries), "\(lines[4])")
    #expect(found.others.wholeMatch(of: /Expat [0-9.]+, tzdata 20[0-9]+[a-z]/) != nil, "\(lines[4])")
    #expect(entry.contains("Compatible with airbyte-cdk 7.39.1."))
  }

  static func snapshot(_ file: String) throws -> String {
    try String(contentsOf: fixtures.appending(path: file), encoding: .utf8)
  }
}
