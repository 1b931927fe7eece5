import ArgumentParser
import Authoring
import ConnectorModel
import Essentials
import Manifest

struct GraphCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph",
    abstract: "Draw a manifest's streams: parents, partitions, cursors, and the APIs and credentials that they share.",
    discussion: """
      Nothing is sent, and no config is needed.

      Examples:
        \(CommandProgram.name) graph connector/manifest.yaml
        \(CommandProgram.name) graph connector/manifest.yaml --format svg > streams.svg
      """)

  @Argument(
    help: ArgumentHelp(
      "The manifest, a YAML file, or the folder of a \(ManifestOptions.usualName); `-` is standard input. By default the "
        + "\(ManifestOptions.usualName) of this folder.", valueName: "manifest"),
    completion: .file(extensions: ["yaml", "yml"]))
  var manifest: String?

  @Option(help: "How to draw it: a tree of text, a picture, or the language of Mermaid or Graphviz.")
  var format: GraphFormat = .text

  func run() async throws {
    try await CommandRunner.run {
      let path = ManifestOptions.file(of: manifest ?? ManifestOptions.usualName)
      let source: ManifestSource
      if path == "-" {
        source = .text(try InputFile.bytes("-", "manifest"), name: "<stdin>")
      } else {
        try InputFile.open(path, "manifest")
        source = .file(path: path)
      }
      let loaded = try ManifestPipeline(validator: ManifestValidator()).run(source)
      let graph = ConnectorGraph(of: loaded, title: Self.title(path))
      try StandardOutput.write(text: graph.written(as: format))
    }
  }

  /// What a picture is called: the folder of a manifest that has the usual name.
  private static func title(_ path: String) -> String {
    if path == "-" { return "manifest" }
    let url = URL(fileURLWithPath: path)
    let name = url.lastPathComponent
    return name == ManifestOptions.usualName ? url.deletingLastPathComponent().lastPathComponent : name
  }
}

extension GraphFormat: ExpressibleByArgument {}
