import AirbyteProtocol
import Bytes
import ConnectorModel
import Essentials
import JSON
import Jinja
import Manifest
import Templating

/// The schema files that a manifest names, so that they can be shipped with it.
package struct SchemaFiles: Sendable {
  private let source: ManifestFiles
  private var files: [String: [UInt8]] = [:]
  /// Whether some names are known only when the connector runs, from its config say.
  private var hasOpenNames = false

  /// Finds the files beside the manifest.
  /// - Returns: their bytes by their paths from the manifest's folder.
  /// - Throws: ``ConnectorError`` if one is missing, or is outside the folder.
  package static func of(_ manifest: Manifest, among source: ManifestFiles) throws -> [String: [UInt8]] {
    var search = SchemaFiles(source: source)
    // What is among the definitions counts where it is referred to.
    for (key, node) in manifest.root.mapping ?? [:] where key != "definitions" && key != "schemas" { try search.visit(node) }
    if search.hasOpenNames { try search.takeAll() }
    return search.files
  }

  /// The file that a loader of schemas names and that does not exist; nil if it exists, or if only a config has its name.
  package static func missing(for loader: ManifestNode, among source: ManifestFiles) -> String? {
    guard let node = try? ComponentNode(loader), let candidates = candidates(of: node), let first = candidates.first,
      isThere(candidates, source) == false
    else { return nil }
    return first.path
  }

  /// Whether a stream without a loader has a file of its name; nil if that is not known.
  package static func hasDefault(for stream: String, among source: ManifestFiles) -> Bool? {
    isTemplate(stream) ? nil : isThere(JsonFileSchemaLoader.candidates(defaultFor: stream), source)
  }

  /// Nil if it is not known: a file that exists and cannot be read is a different error.
  private static func isThere(_ candidates: [JsonFileSchemaLoader.Place], _ source: ManifestFiles) -> Bool? {
    do { return try JsonFileSchemaLoader.first(of: candidates, in: source, at: nil) != nil } catch { return nil }
  }

  private init(source: ManifestFiles) { self.source = source }

  private mutating func visit(_ root: ManifestNode) throws {
    try root.walk(into: { $0 != "$parameters" }) { node in
      switch node["type"]?.string {
      case JsonFileSchemaLoader.typeName?: try take(ComponentNode(node))
      case "DeclarativeStream"?:
        if node["schema_loader"]?.isNull ?? true { try takeDefault(of: node["name"]?.string ?? "") }
      default: break
      }
      return .into
    }
  }

  /// The file of a loader, which has to be there.
  private mutating func take(_ node: ComponentNode) throws {
    guard let candidates = Self.candidates(of: node) else { return hasOpenNames = true }
    guard let (found, bytes) = try JsonFileSchemaLoader.first(of: candidates, in: source, at: node.node) else {
      throw JsonFileSchemaLoader.missing(candidates, in: source, at: node.node)
    }
    try add(bytes, at: found, node.node)
  }

  /// Where a loader's file may be; nil if only a config has its name.
  private static func candidates(of node: ComponentNode) -> [JsonFileSchemaLoader.Place]? {
    let path = JsonFileSchemaLoader.path(node)
    let name = path ?? JsonFileSchemaLoader.defaultName(node)
    guard name.undeclaredVariables.isSubset(of: ["parameters"]), let text = try? name.string(EvaluationContext(config: .none)),
      !isTemplate(text)
    else { return nil }
    return path == nil ? JsonFileSchemaLoader.candidates(defaultFor: text) : JsonFileSchemaLoader.candidates(for: text)
  }

  /// A schema file and those that it refers to.
  private mutating func add(_ bytes: [UInt8], at place: JsonFileSchemaLoader.Place, _ node: ManifestNode?) throws {
    try keep(bytes, place.path)
    for (path, bytes) in try JsonFileSchemaLoader.schema(bytes, at: place, in: source, node).referenced { try keep(bytes, path) }
  }

  /// By the path that it is asked for with, without `.` and `..`.
  private mutating func keep(_ bytes: [UInt8], _ path: String) throws {
    files[try ContainedPath(referring: path).description] = bytes
  }

  /// The file of a stream without a loader, if there is one.
  private mutating func takeDefault(of stream: String) throws {
    if Self.isTemplate(stream) { return hasOpenNames = true }
    let candidates = JsonFileSchemaLoader.candidates(defaultFor: stream)
    guard let (found, bytes) = try? JsonFileSchemaLoader.first(of: candidates, in: source, at: nil) else { return }
    try add(bytes, at: found, nil)
  }

  /// Every file among which a name can choose.
  private mutating func takeAll() throws {
    guard case .folder(let folder) = source else { return }
    let root = URL(fileURLWithPath: folder, isDirectory: true).appendingPathComponent("schemas", isDirectory: true)
    for name in (try? FileManager.default.subpathsOfDirectory(atPath: root.path)) ?? [] where name.hasSuffix(".json") {
      let place = JsonFileSchemaLoader.Place(path: "schemas/\(name)")
      if let (_, bytes) = try JsonFileSchemaLoader.first(of: [place], in: source, at: nil) { try keep(bytes, place.path) }
    }
  }

  private static func isTemplate(_ text: String) -> Bool { text.contains("{{") || text.contains("{%") }
}
