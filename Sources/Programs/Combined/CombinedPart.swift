import AirbyteProtocol
import ConnectorModel
import Engine
import Essentials
import Manifest

/// One of the sources of a combined one, as its manifest writes it.
struct CombinedPart: Sendable {
  let node: ManifestNode
  /// What it is called in sentences, and in the state.
  let key: String

  /// The properties that say how a source is combined with others, which are not its own.
  private static let properties = ["name", "config_key", "prefix", "rename"]

  init(_ node: ManifestNode) {
    self.node = node
    key = node["name"]?.string ?? node["manifest"]?.string.map(Self.name(of:)) ?? node["type"]?.string ?? ""
  }

  /// The name of a manifest: that of its file, or of its folder where files have the usual name.
  private static func name(of path: String) -> String {
    let parts = path.split(separator: "/").map { String($0) }
    let stem = parts.last.map { $0.lastIndex(of: ".").map { [file = $0] end in String(file[..<end]) } ?? $0 } ?? path
    return stem == "manifest" ? parts.dropLast().last ?? stem : stem
  }

  /// The manifest that is written in its place; nil if it has a file.
  var own: ManifestNode? {
    guard node["manifest"] == nil else { return nil }
    return Self.properties.reduce(node) { $0.removing($1) }
  }

  var path: String? { node["manifest"]?.string }
  var configKey: String? { node["config_key"]?.string }

  /// What its streams are called outside.
  var names: SourcePart {
    let renames = (node["rename"]?.entries ?? []).compactMap { entry in entry.node.string.map { (entry.key, $0) } }
    return SourcePart(
      key: key, prefix: node["prefix"]?.string ?? "", renames: Dictionary(renames, uniquingKeysWith: { $1 }))
  }
}

extension CombinedPart {
  /// The manifest of a part that has a file, and the files beside it; nil if it is written in its place.
  /// - Throws: ``ConnectorError`` if there is none.
  func opened(among files: ManifestFiles) throws -> (source: ManifestSource, files: ManifestFiles)? {
    guard let path, let place = node["manifest"] else { return nil }
    switch files {
    case .folder(let folder):
      let file = path.hasPrefix("/") ? path : "\(folder)/\(path)"
      let inside = "\(file)/manifest.yaml"
      let manifest = FileManager.default.fileExists(atPath: inside) ? inside : file
      guard FileManager.default.fileExists(atPath: manifest) else {
        throw ConnectorError(.config, "There is no manifest \(path) beside this one", at: place)
      }
      return (.file(path: manifest), .beside(manifest))
    case .packaged(let packaged):
      let file = packaged["\(path)/manifest.yaml"] == nil ? path : "\(path)/manifest.yaml"
      guard let bytes = try files.bytes(at: file) else {
        throw ConnectorError(.config, "There is no manifest \(path) in the package", at: place)
      }
      let folder = file.contains("/") ? file.parentPath + "/" : ""
      let own = packaged.filter { $0.key.hasPrefix(folder) }.map { (String($0.key.dropFirst(folder.count)), $0.value) }
      return (.text(bytes, name: file), .packaged(Dictionary(own, uniquingKeysWith: { $1 })))
    case .none(let reason):
      throw ConnectorError(.config, "The manifest \(path) cannot be read: \(reason)", at: place)
    }
  }

  /// What of this source the program does itself; nil where its manifest cannot be read.
  func traits(in surroundings: SourceSurroundings) -> SourceTraits? {
    let kinds = surroundings.kinds
    if let own {
      guard let type = own["type"]?.string, let kind = kinds[type] else { return .declarative }
      return kind.traits(of: own, in: surroundings)
    }
    guard surroundings.depth < SourceSurroundings.deepest, let (source, files) = try? opened(among: surroundings.files) else {
      return nil
    }
    do {
      guard let manifest = try kinds.manifest(source) else { return .declarative }
      return manifest.kind.traits(
        of: manifest.root, in: SourceSurroundings(files: files, kinds: kinds, depth: surroundings.depth + 1))
    } catch {
      return nil
    }
  }
}
