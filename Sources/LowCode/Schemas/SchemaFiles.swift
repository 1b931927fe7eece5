import AirbyteProtocol
import Foundation
import JSON
import Jinja

/// The schema files that a manifest names, so that they can be shipped with it.
package struct SchemaFiles: Sendable {
  private let folder: String
  private var files: [String: [UInt8]] = [:]
  /// Whether some names are known only when the connector runs, from its config say.
  private var hasOpenNames = false

  /// Finds the files beside the manifest.
  /// - Returns: their bytes by their paths from `folder`.
  /// - Throws: ``ConnectorError`` where one is missing, or lies outside the folder.
  package static func of(_ manifest: Manifest, in folder: String) throws -> [String: [UInt8]] {
    var search = SchemaFiles(folder: folder)
    // What stands among the definitions counts where it is referred to.
    for (key, node) in manifest.root.mapping ?? [:] where key != "definitions" && key != "schemas" { try search.visit(node) }
    if search.hasOpenNames { try search.takeAll() }
    return search.files
  }

  private init(folder: String) { self.folder = folder }

  private mutating func visit(_ node: ManifestNode) throws {
    for child in node.sequence ?? [] { try visit(child) }
    guard let members = node.mapping else { return }
    switch members["type"]?.string {
    case JsonFileSchemaLoader.typeName?: try take(ComponentNode(node))
    case "DeclarativeStream"?:
      if members["schema_loader"]?.isNull ?? true { try takeDefault(of: members["name"]?.string ?? "") }
    default: break
    }
    for (key, child) in members where key != "$parameters" { try visit(child) }
  }

  /// The file of a loader, which has to be there.
  private mutating func take(_ node: ComponentNode) throws {
    let path = JsonFileSchemaLoader.path(node)
    let name = path ?? JsonFileSchemaLoader.defaultName(node)
    guard name.undeclaredVariables.isSubset(of: ["parameters"]), let text = try? name.string(EvaluationContext(config: .none)),
      !Self.isTemplate(text)
    else { return hasOpenNames = true }
    let candidates =
      path == nil ? JsonFileSchemaLoader.candidates(defaultFor: text) : JsonFileSchemaLoader.candidates(for: text)
    guard let (found, bytes) = JsonFileSchemaLoader.first(of: candidates, in: .folder(folder)) else {
      throw JsonFileSchemaLoader.missing(candidates, in: .folder(folder), at: node.node)
    }
    try add(bytes, at: found, node.node)
  }

  /// A schema file and those that it refers to.
  private mutating func add(_ bytes: [UInt8], at place: JsonFileSchemaLoader.Place, _ node: ManifestNode?) throws {
    var found = try JsonFileSchemaLoader.schema(bytes, at: place, in: .folder(folder), node).referenced
    found[place.path] = bytes
    for (path, bytes) in found {
      guard let plain = ManifestFiles.plain(path) else {
        throw ConnectorError(
          .config, "The schema file `\(path)` lies outside the manifest's folder, so it cannot be shipped with the manifest.",
          location: node?.location, path: node?.path)
      }
      files[plain] = bytes
    }
  }

  /// The file of a stream without a loader, if there is one.
  private mutating func takeDefault(of stream: String) throws {
    if Self.isTemplate(stream) { return hasOpenNames = true }
    guard
      let (found, bytes) = JsonFileSchemaLoader.first(
        of: JsonFileSchemaLoader.candidates(defaultFor: stream), in: .folder(folder))
    else { return }
    try add(bytes, at: found, nil)
  }

  /// Every file among which a name can choose.
  private mutating func takeAll() throws {
    let root = URL(fileURLWithPath: folder, isDirectory: true).appendingPathComponent("schemas", isDirectory: true)
    for path in (try? FileManager.default.subpathsOfDirectory(atPath: root.path)) ?? [] where path.hasSuffix(".json") {
      if let bytes = ManifestFiles.folder(folder).bytes(at: "schemas/\(path)") { files["schemas/\(path)"] = bytes }
    }
  }

  private static func isTemplate(_ text: String) -> Bool { text.contains("{{") || text.contains("{%") }
}
