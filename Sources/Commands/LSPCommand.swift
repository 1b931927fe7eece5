import ArgumentParser
import Concurrency
import Engine
import Essentials
import LanguageServer

struct LSPCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lsp",
    abstract: "Serve an editor: diagnostics, hovers, completion, definitions, symbols and fixes of manifests.",
    discussion: """
      An editor starts this and speaks the Language Server Protocol with it, over standard input and output. docs/editors.md says how \
      Visual Studio Code, Neovim, Helix and Emacs are told to. The settings of a project in `.airbyte-lowcode.yaml` count here too.

      Examples:
        airbyte-lowcode lsp
        airbyte-lowcode lsp --stdio
      """)

  @Flag(help: "Use standard input and output, as it does anyway: some editors always say so.")
  var stdio = false

  func run() async throws {
    try await CommandRunner.run {
      if isatty(STDIN_FILENO) == 1 {
        StandardOutput.tell("note: this waits for an editor, which speaks with it over standard input; Ctrl-D ends it.")
      }
      let server = LanguageServer(
        components: CommandProgram.components, kinds: CommandProgram.kinds,
        workingFolder: FileManager.default.currentDirectoryPath, version: RuntimeVersion.number)
      let isOrderly = try await server.run {
        await BlockingExecutor.shared.run { Self.input() }
      } write: { bytes in
        try bytes.withUnsafeBytes { try DescriptorOutput(descriptor: StandardOutput.descriptor).write($0) }
      }
      if !isOrderly { throw ExitCode.failure }
    }
  }

  /// The next bytes of standard input; nil at its end.
  private static func input() -> [UInt8]? {
    let room = 1 << 16
    while true {
      var count = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, initialized in
        count = read(STDIN_FILENO, buffer.baseAddress, room)
        initialized = max(count, 0)
      }
      if count > 0 { return bytes }
      if count < 0, errno == EINTR { continue }
      return nil
    }
  }
}
