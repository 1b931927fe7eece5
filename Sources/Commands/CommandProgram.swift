import Concurrency
import ConnectorModel
import Engine
import Essentials
import JSON
import Packaging

/// A program with the whole command line: an executable that carries a connector is that connector, any other offers every command.
package struct CommandProgram: Sendable {
  /// What manifests may name.
  @TaskLocal static var components = ComponentRegistry.standard
  /// Whether a custom component's class is one of this program, so that it needs no Python.
  static var hasClass: @Sendable (String) -> Bool {
    let components = components
    return { components.type(ofClass: $0) != nil }
  }
  /// The kinds of sources that manifests may be of, beside declarative ones.
  @TaskLocal static var kinds = SourceKinds.standard
  /// The manifest of a program that is a source by itself; nil for any other program.
  @TaskLocal static var ownManifest: JSONValue?
  /// Whether the program is a connector by itself, which takes no manifest.
  static var isConnector: Bool { OwnPackage.isThere || ownManifest != nil }
  /// How the program is called in what it says of itself.
  @TaskLocal static var name = CommandProgram.usualName

  /// The same, in an executable that carries a connector.
  static var shownName: String { OwnPackage.isThere ? OwnPackage.name : name }

  private static let usualName = "airbyte-lowcode"

  private let components: ComponentRegistry
  private let kinds: SourceKinds
  private let manifest: JSONValue?
  private let name: String

  /// - Parameters:
  ///   - components: what manifests may name.
  ///   - sources: the kinds of sources that manifests may be of, beside those of this version.
  ///   - name: how the program is called in what it says of itself.
  package init(
    components: ComponentRegistry, sources: [any SourceKind] = [], name: String = CommandProgram.usualName
  ) {
    self.components = components
    kinds = sources.reduce(into: SourceKinds.standard) { $0.register($1) }
    manifest = nil
    self.name = name
  }

  /// A program that is a source by itself.
  package init(source: any SourceKind, name: String) {
    components = .standard
    kinds = [source].reduce(into: SourceKinds.standard) { $0.register($1) }
    manifest = ["type": .string(source.type)]
    self.name = name
  }

  /// Runs what the command line asks for, and ends the process. It takes the process over: call it first.
  package func run() -> Never {
    // Before any file could get its number.
    let output = StandardOutput.descriptor
    // Ctrl-\ should end the program as any other, and not begin a dialogue of Swift's about the crash.
    var action = sigaction()
    if sigaction(SIGQUIT, nil, &action) == 0, action.sa_flags & SA_SIGINFO != 0 { signal(SIGQUIT, SIG_DFL) }
    let arguments = ImageLayout.arguments(CommandLine.arguments)
    let speaksProtocol = GivenCommand.speaksProtocol(arguments)
    SystemLimits.prepare(trace: speaksProtocol ? output : nil)
    TaskThreads.run {
      await Self.$components.withValue(components) {
        await Self.$kinds.withValue(kinds) {
          await Self.$name.withValue(name) {
            await Self.$ownManifest.withValue(manifest) {
              if OwnPackage.isThere {
                await CommandRunner.main(PackagedConnector.self, arguments)
              } else if manifest != nil {
                await CommandRunner.main(SourceCommands.self, arguments)
              } else {
                await CommandRunner.main(AirbyteLowcode.self, arguments)
              }
            }
          }
        }
      }
    }
    exit(EXIT_SUCCESS)
  }
}
