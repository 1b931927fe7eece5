import AirbyteProtocol
import JSON
import Jinja

/// A schema in a file of its own, beside the manifest.
struct JsonFileSchemaLoader: Component, SchemaLoader {
  /// Where the file may be, best first.
  private let candidates: [String]
  private let files: ManifestFiles
  private let node: ManifestNode?
  /// Whether a missing file counts as an empty schema.
  private let isOptional: Bool

  init(from node: ComponentNode, in context: BuildContext) throws {
    candidates =
      if let path = Self.path(node) {
        Self.candidates(for: try path.string(EvaluationContext(config: context.configValue)))
      } else {
        Self.candidates(defaultFor: try Self.defaultName(node).string(EvaluationContext(config: context.configValue)))
      }
    files = context.manifestFiles
    self.node = node.node
    isOptional = false
  }

  /// The loader of a stream that names none: a file of the stream's name, or an empty schema.
  init(defaultFor name: String, in context: BuildContext) {
    candidates = Self.candidates(defaultFor: name)
    files = context.manifestFiles
    node = nil
    isOptional = true
  }

  func schema() async throws -> JSONObject {
    guard let (path, bytes) = Self.first(of: candidates, in: files) else {
      if isOptional { return [:] }
      throw Self.missing(candidates, in: files, at: node)
    }
    do {
      if let object = try JSONValue(parsing: bytes).object { return object }
    } catch {
      throw Self.failure("The schema file `\(path)` is not valid JSON: \(error)", at: node)
    }
    throw Self.failure("The schema file `\(path)` should hold a JSON object.", at: node)
  }

  // MARK: Where the file is

  /// The path that the loader names; nil where it leaves it to the name of its stream.
  static func path(_ node: ComponentNode) -> InterpolatedString? {
    node["file_path"].map { InterpolatedString($0, parameters: node.parameters) }
  }

  static func defaultName(_ node: ComponentNode) -> InterpolatedString {
    InterpolatedString("{{ parameters['name'] }}", parameters: node.parameters, location: node.location)
  }

  /// Paths that begin with a connector's own folder, `./source_name/schemas/…`, are meant from the manifest.
  static func candidates(for path: String) -> [String] {
    [path, path.split(separator: "/").drop { $0 == "." }.dropFirst().joined(separator: "/")].filter { !$0.isEmpty }
  }

  static func candidates(defaultFor name: String) -> [String] {
    name.isEmpty ? [] : ["schemas/\(name).json", "\(name).json"]
  }

  static func first(of candidates: [String], in files: ManifestFiles) -> (path: String, bytes: [UInt8])? {
    candidates.lazy.compactMap { path in files.bytes(at: path).map { (path, $0) } }.first
  }

  static func missing(_ candidates: [String], in files: ManifestFiles, at node: ManifestNode?) -> ConnectorError {
    failure(
      "The schema file `\(candidates.first ?? "")` cannot be read: it should stand beside the manifest, in `\(files)`.", at: node
    )
  }

  private static func failure(_ sentence: String, at node: ManifestNode?) -> ConnectorError {
    ConnectorError(.system, sentence, location: node?.location, path: node?.path)
  }
}
