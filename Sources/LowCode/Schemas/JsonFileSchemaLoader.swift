import AirbyteProtocol
import Foundation
import JSON
import Jinja

/// A schema in a file of its own, beside the manifest.
struct JsonFileSchemaLoader: Component, SchemaLoader {
  private let path: String
  private let folder: String
  private let node: ManifestNode?
  /// Whether a missing file counts as an empty schema.
  private let isOptional: Bool

  init(from node: ComponentNode, in context: BuildContext) throws {
    let template =
      try node["file_path"].map { try InterpolatedString($0, parameters: node.parameters) }
      ?? InterpolatedString("./{{ parameters['name'] }}.json", parameters: node.parameters)
    path = try template.string(EvaluationContext(config: context.configValue))
    folder = context.manifestFolder
    self.node = node.node
    isOptional = false
  }

  /// The loader of a stream that names none: a file of the stream's name, or an empty schema.
  init(defaultFor name: String, in context: BuildContext) {
    path = "\(name).json"
    folder = context.manifestFolder
    node = nil
    isOptional = true
  }

  func schema() async throws -> JSONObject {
    let candidates = [path, path.split(separator: "/").drop { $0 == "." }.dropFirst().joined(separator: "/")]
      .filter { !$0.isEmpty }.map { URL(fileURLWithPath: $0, relativeTo: URL(fileURLWithPath: folder, isDirectory: true)) }
    guard let data = candidates.lazy.compactMap({ try? Data(contentsOf: $0) }).first else {
      if isOptional { return [:] }
      throw failure("The schema file `\(path)` cannot be read: it should stand beside the manifest, under \(folder).")
    }
    do {
      if let object = try JSONValue(parsing: data).object { return object }
    } catch {
      throw failure("The schema file `\(path)` is not valid JSON: \(error)")
    }
    throw failure("The schema file `\(path)` should hold a JSON object.")
  }

  private func failure(_ sentence: String) -> ConnectorError {
    ConnectorError(.system, sentence, location: node?.location, path: node?.path)
  }
}
