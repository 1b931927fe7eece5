import AirbyteProtocol
import ArgumentParser
import Components
import ConnectorModel
import Engine
import Manifest
import Packaging
import PythonComponents
import Validation

/// The options that `package` and `image` share.
struct ShippingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The connector's metadata, which has its name and version. By default `metadata.yaml` beside the manifest, if there is one.",
      valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
  var metadata: String?

  @Option(
    help: ArgumentHelp(
      "The executable of airbyte-lowcode to ship, such as one for another system. By default this one.", valueName: "file"),
    completion: .file())
  var runtime: String?

  func executable() throws(PackagingError) -> SealedExecutable { try SealedExecutable(path: runtime ?? SealedExecutable.own) }

  /// The connector's metadata, where there is any.
  /// - Throws: where they cannot be read, or lack something.
  func metadata(beside manifest: String?) throws -> ConnectorMetadata? {
    if let metadata { return try ConnectorMetadata(parsing: InputFile.bytes(metadata, "metadata"), file: metadata) }
    guard let manifest else { return nil }
    let path = Shipping.metadata(beside: manifest)
    guard manifest != "-", InputFile.exists(path) else { return nil }
    return try ConnectorMetadata(parsing: InputFile.bytes(path, "metadata"), file: path)
  }

  /// Where to write, which is refused where it is something that is read.
  func output(_ path: String, manifest: String?, _ package: Package?) -> OutputPlace {
    var place = OutputPlace(path, standardOutput: StandardOutput.descriptor)
    place.protect(runtime ?? SealedExecutable.own, as: "the runtime")
    if let metadata { place.protect(metadata, as: "the metadata") }
    guard let manifest, manifest != "-" else { return place }
    place.protect(manifest, as: "the manifest")
    place.protect(Shipping.metadata(beside: manifest), as: "the metadata")
    let folder = HostPath.folder(of: manifest)
    for name in (package?.files ?? [:]).keys { place.protect("\(folder)/\(name)", as: "the file \(name) of the connector") }
    return place
  }

  /// The connector of a manifest that is valid, with the files that it names. Says which code of its components is not there.
  /// - Throws: ``InvalidManifest`` with what is wrong in the manifest, ``ConnectorError`` for a missing file.
  func shipment(manifest path: String, name: String?, _ metadata: ConnectorMetadata?) async throws -> Shipment {
    let bytes = try InputFile.bytes(path, "manifest")
    let source = ManifestSource.text(bytes, name: path)
    var checks = ManifestChecker.Options()
    checks.components = CommandProgram.components
    checks.kinds = CommandProgram.kinds
    let report = await (try ManifestChecker(checks)).check(source, name: path, folder: HostPath.folder(of: path))
    let errors = report.findings.filter { $0.severity == .error }
    if !errors.isEmpty { throw InvalidManifest(diagnostics: errors.map(\.diagnostic)) }
    let name = name ?? metadata.map { Shipping.name(of: $0.repository) } ?? Shipping.connectorName(of: path)
    if let own = try CommandProgram.kinds.manifest(source) {
      return try await shipment(of: own, bytes, path, name, version: metadata?.tag)
    }
    let manifest = try ManifestPipeline(validator: try ManifestValidator()).run(source)
    let schemas = try SchemaFiles.of(manifest, among: .beside(path))
    let code = try ComponentFiles(of: .beside(path), manifest.root, except: CommandProgram.hasClass)
    for name in code.missing {
      StandardOutput.tell(
        "warning: the code of `\(name.string ?? "")` is not beside the manifest, so it is not shipped"
          + (name.mark.map { " (\($0))" } ?? "") + ".")
    }
    return Shipment(
      package: Package(
        name: name, version: metadata?.tag, manifest: bytes, files: schemas.merging(code.files) { $1 }),
      schemaCount: schemas.count, code: code)
  }

  /// A source that is not declarative, with the manifests of its parts and their files.
  private func shipment(
    of manifest: SourceManifest, _ bytes: [UInt8], _ path: String, _ name: String, version: String?
  ) async throws -> Shipment {
    var shipped = Shipment(
      package: Package(name: name, version: version, manifest: bytes, files: [:]), schemaCount: 0,
      code: try ComponentFiles(of: .beside(path), manifest.root))
    var files: [String: [UInt8]] = [:]
    for node in manifest.kind.parts(of: manifest.root) {
      guard let given = node.string else { continue }
      let place = ManifestOptions.file(of: "\(HostPath.folder(of: path))/\(given)")
      guard InputFile.exists(place) else {
        throw ConnectorError(.config, "There is no manifest \(given) beside this one, so nothing was written", at: node)
      }
      let inside = place.hasSuffix("/\(given)") ? given : "\(given)/\(ManifestOptions.usualName)"
      guard inside != Package.manifestPath else {
        throw ConnectorError(
          .config, "The part \(inside) has the name that the whole has in a package: give its file another name", at: node)
      }
      let part = try await shipment(manifest: place, name: nil, nil)
      let folder = HostPath.folder(of: inside)
      let prefix = folder == "." ? "" : "\(folder)/"
      files[inside] = part.package.manifest
      for (name, content) in part.package.files { files[prefix + name] = content }
      shipped.parts.append(part)
    }
    if !manifest.kind.needs(of: manifest.root).isEmpty {
      StandardOutput.tell(
        "warning: it starts \(manifest.kind.needs(of: manifest.root)), which has to be installed where it runs.")
    }
    shipped.package = Package(name: name, version: version, manifest: bytes, files: files)
    return shipped
  }
}

/// A connector to ship, and what its files are.
struct Shipment {
  var package: Package
  let schemaCount: Int
  let code: ComponentFiles
  /// What the manifests are that belong to this one.
  var parts: [Shipment] = []

  /// Whether Python runs some of its components.
  var needsPython: Bool { code.isNeeded || parts.contains(where: \.needsPython) }

  /// As in "the manifest, 2 schema files and 1 file of Python code".
  var contents: String {
    func counted(_ count: Int, _ one: String, _ many: String) -> String? {
      count == 0 ? nil : "\(count) \(count == 1 ? one : many)"
    }
    let more = [
      counted(parts.count, "part", "parts"),
      counted(schemaCount, "schema file", "schema files"),
      counted(code.files.count, "file of Python code", "files of Python code"),
    ].compactMap { $0 }
    return (["the manifest"] + more.dropLast()).joined(separator: ", ") + (more.last.map { " and \($0)" } ?? "")
  }
}

/// The errors that were found in a manifest that was to be shipped.
struct InvalidManifest: FileFindings {
  let diagnostics: [Diagnostic]

  static let consequence = "The manifest is not valid, so nothing was written"
}

enum Shipping {
  /// Where a manifest's metadata is.
  static func metadata(beside manifest: String) -> String { manifest.dropLast(name(of: manifest).count) + "metadata.yaml" }

  static func name(of path: String) -> String { path.split(separator: "/").last.map { String($0) } ?? "" }

  /// What a sentence calls an output.
  static func name(of place: OutputPlace) -> String { place.isStandardOutput ? "to standard output" : place.path }

  /// What a connector is called that has no metadata: as its file, or as the folder of a file that is called as all are.
  static func connectorName(of manifest: String) -> String {
    let file = name(of: manifest)
    let stem = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
    guard stem == "manifest" else { return stem.isEmpty ? "source" : stem }
    let folder = InputFile.absolute(HostPath.folder(of: manifest)).split(separator: "/").last.map { String($0) }
    return folder ?? "source"
  }

  /// A size for people.
  static func size(_ count: Int) -> String {
    let tenths = (count * 10 + 500_000) / 1_000_000
    return "\(tenths / 10).\(tenths % 10) MB"
  }
}
