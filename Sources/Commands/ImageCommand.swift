import ArgumentParser
import Engine
import Foundation
import Packaging

struct ImageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image", abstract: "Make a container image of a manifest, without a container engine.",
    discussion: """
      The image is laid out as Airbyte's own of manifest-only connectors. It holds this program with the libraries that it needs from \
      this system, CA certificates, and the manifest with its schema files. Without a manifest it is a base image: it serves the \
      manifest that is put at \(ImageLayout.manifest), or that a config brings \
      along in `__injected_declarative_manifest`. The same input makes the same bytes.
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

  @OptionGroup var options: ShippingOptions

  func validate() throws {
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
      var package: Package?
      if let manifest { package = try await options.package(manifest: manifest, name: name.map(Shipping.name), metadata) }
      let name = name ?? metadata?.repository ?? "airbyte-lowcode"
      let version = tag ?? metadata?.tag ?? RuntimeVersion.number
      if dockerfile { return try StandardOutput.write(line: Dockerfile.text(package: package, name: name, version: version)) }
      let isFolder = layout || output?.hasSuffix("/") ?? false
      let path = output ?? "\(Shipping.name(of: name))-\(version)\(isFolder ? "" : ".tar")"
      let place = options.output(path, manifest: manifest, package)
      try place.check(isFolder: isFolder)
      if isatty(STDERR_FILENO) == 1 { StandardOutput.tell("Gathering and compressing the files of \(name):\(version) …") }
      let image = try ContainerImage(options.executable(), package: package, name: name, version: version)
      var size = ""
      if isFolder { try image.writeLayout(to: place) } else { size = ": \(Shipping.size(try image.writeArchive(to: place)))" }
      StandardOutput.tell("Wrote \(Shipping.name(of: place))\(size), the image \(name):\(version).")
    }
  }
}
