import Foundation
import Testing

/// What the parser of arguments complains of may be a secret: a config where its path belongs, a token behind an unknown option.
@Suite struct UsageErrorTests {
  private static let secret = "kEy5secret1"
  private static let config = "{\"api_key\": \"\(secret)\"}"

  @Test(arguments: [
    ["check", "--manifest", "manifest.yaml", "--config", config], ["check", "--manifest", "manifest.yaml", "--config=\(config)"],
    ["check", "--manifest", "manifest.yaml", "--config", "api_key: \(secret)"],
    ["check", "--manifest", "manifest.yaml", "--config", "[\"\(secret)\"]"],
    ["check", "--manifest", "manifest.yaml", "--config", Data(config.utf8).base64EncodedString()],
    ["check", "--manifest", config, "--config", "config.json"],
    ["read", "--manifest", "manifest.yaml", "--config", "config.json", "--catalog", config],
    ["read", "--manifest", "manifest.yaml", "--config", "config.json", "--catalog", "catalog.json", "--state", config],
    ["check", "--manifest", "manifest.yaml", "--confg", config], ["check", "--manifest", "manifest.yaml", "--confg=\(config)"],
    ["check", config], [config], ["check", "--manifest", "manifest.yaml", "--config", "config.json", config],
    ["check", "--manifest", "manifest.yaml", "--config", "config.json", "--api-key", secret],
    ["check", "--manifest", "manifest.yaml", "--config", "config.json", "--api-key=\(secret)"],
    ["check", "--token", secret, "more"], ["interpolate", "{{ 1 }}", "--context", config],
    ["validate", "manifest.yaml", "--config", config], ["validate", "manifest.yaml", "--format", config],
    ["package", "manifest.yaml", "--password", secret],
  ])
  func isNotEchoed(arguments: [String]) async throws {
    let run = try await Connection().run(arguments)
    for text in [Self.secret, Data(Self.config.utf8).base64EncodedString()] { #expect(!(run.stdout + run.stderr).contains(text)) }
    #expect(run.status != 0)
    #expect(!(run.stdout + run.stderr).isEmpty)
  }

  /// A config that is named where a manifest belongs.
  @Test(arguments: [
    ["validate", "config.json"], ["package", "config.json"], ["image", "config.json", "--metadata", "metadata.yaml"],
    ["spec", "--manifest", "config.json"], ["check", "--manifest", "config.json", "--config", "config.json"],
    ["discover", "--manifest", "config.json", "--config", "other.json"],
    ["check", "--manifest", "manifest.yaml", "--config", "broken.json"],
    ["validate", "broken.json"], ["package", "broken.json"], ["spec", "--manifest", "broken.json"],
  ])
  func aConfigThatIsNoManifestIsNotQuoted(arguments: [String]) async throws {
    let connection = try Connection(config: ["version": .string(Self.secret), "token": .string(Self.secret)])
    try connection.folder.write("other.json", "{}")
    try connection.folder.write("broken.json", "{\"token\": \"\(Self.secret)\", \"x\": }")
    try connection.folder.write(
      "metadata.yaml", "data: {dockerRepository: airbyte/source-x, dockerImageTag: 1.0.0, name: X, definitionId: x}")
    let run = try await connection.run(arguments)
    #expect(!(run.stdout + run.stderr).contains(Self.secret), "\(run.stdout)\(run.stderr)")
    #expect(run.status != 0)
    #expect(!(run.stdout + run.stderr).isEmpty)
  }

  @Test(arguments: [
    (["check", "--manifest", "nosuch.yaml", "--config", "config.json"], "The manifest nosuch.yaml does not exist"),
    (["chekc"], "There is no command 'chekc'. Did you mean 'check'?"),
    (["manifest.yaml"], "'manifest.yaml' is a file where a command belongs"),
    (["check", "manifest.yaml", "--manifest", "other.yaml", "-c", "config.json"], "There are two manifests"),
    (["check", "--config", "config.json", "--confg", "x"], "Unknown option '--confg'"),
    (["check", "--manifest", "manifest.yaml", "--config", "/no/such-folder_2025/config"], "/no/such-folder_2025/config"),
    (["check"], "Missing expected argument '--config <file>'"),
    (["read", "--limit", "-1"], "The value '-1' is invalid for '--limit <number>'"),
    (["read", "--confg", "config.json"], "Unknown option '--confg'. Did you mean '--config'?"),
    (["read", "-c", "config.json", "--window", "2025-02-01..2025-01-01"], "it ends before it starts"),
    (["read", "-c", "config.json", "--window", "soon"], "write two dates or times, as in 2025-01-01..2025-02-01"),
    (
      ["test-read", "-c", "config.json", "--slices", "99999999999999999999"],
      "The value '99999999999999999999' is invalid for '--slices <number>'"
    ),
    (["check", "-c", "config.json", "--manifest", "/dev"], "There is no manifest.yaml in the folder /dev"),
    (["validate", "manifest.yaml", "--python", "python3"], "--components-path and --python need --components."),
    (["image", "--python", "python3", "--no-python"], "--python and --no-python exclude each other."),
    (["image", "--name", "Not A Name"], "--name should be the name of a repository, such as airbyte/source-name"),
    (["image", "--tag", ".x"], "--tag should be a tag such as 1.2.3."),
    (
      ["interpolate", "x", "--context", "-", "--config", "-"],
      "Standard input is only one of the context, the config, the manifest and the lines."
    ),
  ])
  func namesAndPathsAreShown(arguments: [String], message: String) async throws {
    let run = try await Connection().run(arguments)
    #expect((run.stdout + run.stderr).contains(message), "\(run.stdout)\(run.stderr)")
    #expect(run.status != 0)
  }

  @Test(arguments: [["--help"], ["read", "--help"], ["--version"]])
  func helpIsNoError(arguments: [String]) async throws {
    let run = try await Connection().run(arguments)
    #expect(run.status == 0)
    #expect(!run.stdout.isEmpty && run.stderr.isEmpty)
  }
}
