import ArgumentParser
import JSON
import Validation

struct SchemaCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON schema of manifests, for editors.",
    discussion: """
      An editor with yaml-language-server checks and completes a manifest whose first line is \
      `# yaml-language-server: $schema=manifest-schema.json`, where that file holds what this prints.

      Examples:
        \(CommandProgram.shownName) schema > manifest-schema.json
        \(CommandProgram.shownName) schema | jq .definitions.CursorPagination
      """)

  func run() async throws {
    try await CommandRunner.run { try StandardOutput.write(json: EditorSchema.document.jsonText) }
  }
}
