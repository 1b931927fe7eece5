import ArgumentParser
import Engine
import Packaging

struct PackageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "package",
    abstract: "Make one executable of a manifest: this program with the manifest, its schema files and its Python code.",
    discussion: """
      The executable takes the commands of the protocol without --manifest, and --inspect shows what it carries. The same input \
      makes the same bytes.

      Examples:
        \(CommandProgram.shownName) package manifest.yaml --output source-shop
        \(CommandProgram.shownName) package connector/ --output source-shop
      """)

  @Argument(
    help: ArgumentHelp(
      "The manifest, a YAML file, or the folder of a \(ManifestOptions.usualName). By default the one of this folder.",
      valueName: "manifest"), completion: .file(extensions: ["yaml", "yml", "json"]))
  var given: String = ManifestOptions.usualName

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp(
      "The executable to write; `-` is standard output. By default a file of the connector's name in this folder.",
      valueName: "file"), completion: .file())
  var output: String?

  @Option(help: "What the connector is called. By default as in its metadata, else as its file or folder.")
  var name: String?

  @OptionGroup var options: ShippingOptions

  func validate() throws {
    if let name, name.isEmpty || name.contains(where: { $0.isWhitespace || $0 == "/" }) {
      throw ValidationError("A connector's name has neither spaces nor slashes.")
    }
  }

  func run() async throws {
    try await CommandRunner.run {
      let manifest = ManifestOptions.file(of: given)
      let shipment = try await options.shipment(manifest: manifest, name: name, options.metadata(beside: manifest))
      let package = shipment.package
      let place = options.output(output ?? package.name, manifest: manifest, package)
      try place.check()
      if output == nil { try Self.refuse(toReplace: package.name) }
      let executable = try options.executable()
      let count = try executable.write(package, to: place)
      StandardOutput.tell(
        "Wrote \(Shipping.name(of: place)): \(Shipping.size(count)), with \(shipment.contents) of \(package.name).")
      if shipment.needsPython {
        StandardOutput.tell(
          "Its custom components need a Python with airbyte-cdk where it runs: `AIRBYTE_LOWCODE_PYTHON` or `--python` names it.")
      }
      if let example = try executable.swiftLibraries.first {
        StandardOutput.tell(
          "warning: it runs only where Swift's libraries are (\(example) and others): build a program that does not need them with "
            + "`make build STATIC=1`, and name it with --runtime.")
      }
    }
  }

  /// Nobody named the file: what is already there is replaced only if it is a packaged connector.
  private static func refuse(toReplace path: String) throws {
    guard InputFile.exists(path), (try? SealedExecutable(path: path).package()) == nil else { return }
    throw PackagingError("\(path) already exists and is not a packaged connector: name another file with --output")
  }
}
