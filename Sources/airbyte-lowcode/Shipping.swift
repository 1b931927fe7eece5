import ArgumentParser
import LowCode
import Packaging

/// What the commands have in common that make something to hand out.
struct ShippingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The connector's metadata, which has its name and version. By default `metadata.yaml` beside the manifest, if there is one.",
      valueName: "file"))
  var metadata: String?

  @Option(
    help: ArgumentHelp(
      "The executable of airbyte-lowcode to ship, such as one for another system. By default this one.", valueName: "file"))
  var runtime: String?

  func executable() throws(PackagingError) -> SealedExecutable { try SealedExecutable(path: runtime ?? SealedExecutable.own) }

  /// The connector's metadata, where there is any.
  /// - Throws: where they cannot be read, or lack something.
  func metadata(beside manifest: String?) throws -> ConnectorMetadata? {
    if let metadata { return try ConnectorMetadata(parsing: InputFile.bytes(metadata, "metadata"), file: metadata) }
    guard let manifest else { return nil }
    let path = Shipping.folder(of: manifest, "metadata.yaml")
    guard let bytes = ManifestFiles.folder(".").bytes(at: path) else { return nil }
    return try ConnectorMetadata(parsing: bytes, file: path)
  }

  /// The connector of a manifest that is valid, with the files that it names.
  /// - Throws: ``ManifestError`` with what is wrong in the manifest, ``ConnectorError`` for a file that is missing.
  func package(manifest path: String, name: String?, _ metadata: ConnectorMetadata?) throws -> Package {
    let bytes = try InputFile.bytes(path, "manifest")
    let pipeline = ManifestPipeline(validator: try ManifestValidator(schema: ComponentSchema.document))
    let manifest = try pipeline.run(.text(bytes, name: path))
    for warning in manifest.warnings { StandardOutput.tell(warning.rendered) }
    return Package(
      name: name ?? metadata.map { Shipping.name(of: $0.repository) } ?? Shipping.connectorName(of: path),
      version: metadata?.tag, manifest: bytes, files: try SchemaFiles.of(manifest, in: Shipping.folder(of: path)))
  }
}

enum Shipping {
  /// Tells errors to people.
  /// - Throws: the exit status of a failure.
  static func reportingErrors(_ body: () throws -> Void) throws {
    do {
      return try body()
    } catch let error as ManifestError {
      StandardOutput.tell(error.rendered)
      StandardOutput.tell("error: The manifest is not valid, so nothing was written.")
    } catch let error as ConnectorError {
      StandardOutput.tell("error: \(error)")
    } catch let error as PackagingError {
      StandardOutput.tell("error: \(error)")
    } catch let error as OutputClosed {
      StandardOutput.tell("error: \(error)")
    }
    throw ExitCode.failure
  }

  static func folder(of path: String, _ name: String? = nil) -> String {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    return name.map { folder + $0 } ?? (folder.isEmpty ? "." : folder)
  }

  static func name(of path: String) -> String { path.split(separator: "/").last.map { String($0) } ?? "" }

  /// What a connector is called that has no metadata: as its file, or as the folder of a file that is called as all are.
  static func connectorName(of manifest: String) -> String {
    let file = name(of: manifest)
    let stem = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
    guard stem == "manifest" else { return stem.isEmpty ? "source" : stem }
    let folder = InputFile.absolute(folder(of: manifest)).split(separator: "/").last.map { String($0) }
    return folder ?? "source"
  }

  /// A size for people.
  static func size(of path: String) -> String {
    let tenths = (InputFile.size(path) * 10 + 500_000) / 1_000_000
    return "\(tenths / 10).\(tenths % 10) MB"
  }
}
