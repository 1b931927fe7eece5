import AirbyteProtocol
import ArgumentParser
import ConnectorModel
import Engine
import Essentials
import Manifest
import Packaging
import PythonComponents

struct ImageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image", abstract: "Make a container image of a manifest, without a container engine.",
    discussion: """
      The image is laid out as Airbyte's own of manifest-only connectors. It holds this program with the libraries that it needs from \
      this system, CA certificates, and the manifest with its schema files. If the manifest names custom components, the image also \
      has their code and a Python for them, which is copied from this system. Without a manifest it is a base image: it serves the \
      manifest that is put at \(ImageLayout.manifest), or that a config brings \
      along in `__injected_declarative_manifest`. The same input makes the same bytes.

      Examples:
        \(CommandProgram.shownName) image manifest.yaml --output source-shop.tar
        \(CommandProgram.shownName) image connector/ --layout --output source-shop
      """)

  @Argument(
    help: ArgumentHelp("The manifest, a YAML file, or the folder of a \(ManifestOptions.usualName).", valueName: "manifest"),
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var given: String?

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp(
      "The tar to write, for `docker load` and tools that read OCI archives, or a folder if it ends with a slash; "
        + "`-` is standard output. By default a tar of the connector's name and version in this folder.", valueName: "path"),
    completion: .file())
  var output: String?

  @Option(help: "The image's repository, as in airbyte/source-name. By default as in the connector's metadata.")
  var name: String?

  @Option(help: "The image's tag. By default the version in the connector's metadata.")
  var tag: String?

  @Flag(help: "Write the folder of an OCI layout instead of a tar.")
  var layout = false

  @Flag(help: "Print a Dockerfile that makes such an image, instead of making it.")
  var dockerfile = false

  @Option(
    help: ArgumentHelp(
      "The Python to copy into the image, with airbyte-cdk. By default, if the manifest names custom components, the one that `read` "
        + "would use, such as that of the folder .venv beside the manifest.", valueName: "program"),
    completion: .file())
  var python: String?

  @Flag(name: .customLong("no-python"), help: "Copy no Python into the image, whatever the manifest names.")
  var isWithoutPython = false

  @OptionGroup var options: ShippingOptions

  func validate() throws {
    if python != nil, isWithoutPython { throw ValidationError("--python and --no-python exclude each other.") }
    if let name, !ConnectorMetadata.isRepository(name) {
      throw ValidationError("--name should be the name of a repository, such as airbyte/source-name, in small letters.")
    }
    if let tag, !ConnectorMetadata.isTag(tag) { throw ValidationError("--tag should be a tag such as 1.2.3.") }
  }

  func run() async throws {
    try await CommandRunner.run {
      let manifest = given.map(ManifestOptions.file(of:))
      let metadata = try options.metadata(beside: manifest)
      if metadata == nil, name == nil || tag == nil, let manifest {
        throw PackagingError(
          "An image has its name and version from the connector's metadata, and there is no "
            + "\(Shipping.metadata(beside: manifest)): give --name and --tag, or name the file with --metadata")
      }
      var shipment: Shipment?
      if let manifest { shipment = try await options.shipment(manifest: manifest, name: name.map(Shipping.name), metadata) }
      let package = shipment?.package
      let needsPython = !isWithoutPython && (python != nil || shipment?.needsPython ?? false)
      let name = name ?? metadata?.repository ?? "airbyte-lowcode"
      let version = tag ?? metadata?.tag ?? RuntimeVersion.number
      if dockerfile {
        return try StandardOutput.write(
          line: Dockerfile.text(package: package, hasPython: needsPython, name: name, version: version))
      }
      let isFolder = layout || output?.hasSuffix("/") ?? false
      let path = output ?? "\(Shipping.name(of: name))-\(version)\(isFolder ? "" : ".tar")"
      let place = options.output(path, manifest: manifest, package)
      try place.check(isFolder: isFolder)
      let copied = needsPython ? try copyOfPython(beside: manifest) : nil
      if isatty(STDERR_FILENO) == 1 { StandardOutput.tell("Gathering and compressing the files of \(name):\(version) …") }
      let image = try ContainerImage(
        options.executable(), package: package, python: copied?.folder, name: name, version: version)
      var size = ""
      if isFolder { try image.writeLayout(to: place) } else { size = ": \(Shipping.size(try image.writeArchive(to: place)))" }
      StandardOutput.tell("Wrote \(Shipping.name(of: place))\(size), the image \(name):\(version).")
      if let copied, let size = image.pythonSize {
        StandardOutput.tell(
          "It has Python \(copied.version) with airbyte-cdk \(copied.distributions["airbyte-cdk"] ?? "") and "
            + "\(copied.distributions.count - 1) other distributions: \(Shipping.size(size.files)), compressed "
            + "\(Shipping.size(size.layer)).")
      }
    }
  }

  /// The Python for the components, in a folder from which it goes into the image.
  private func copyOfPython(beside manifest: String?) throws -> GatheredPython {
    let environment = ProcessInfo.processInfo.environment
    let interpreter: PythonInterpreter
    do throws(PythonInterpreter.NotFound) {
      interpreter = try PythonInterpreter.find(
        option: python, environment: environment, beside: manifest.map(HostPath.folder(of:)))
    } catch {
      throw ConnectorError(
        .config, "The image needs a Python for its custom components, and there is no program `\(error.name)`",
        remedy: "name one with `--python`, or leave it out with `--no-python`")
    }
    if isatty(STDERR_FILENO) == 1 { StandardOutput.tell("Copying and compiling \(interpreter.path) (\(interpreter.reason)) …") }
    return try GatheredPython(interpreter, for: ImageLayout.python, environment: environment)
  }
}
