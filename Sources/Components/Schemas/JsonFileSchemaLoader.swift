import AirbyteProtocol
import Bytes
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// A schema in a file of its own, beside the manifest.
package struct JsonFileSchemaLoader: Component, SchemaLoader {
  /// Where the file may be, best first.
  private let candidates: [Place]
  private let files: ManifestFiles
  private let node: ManifestNode?
  /// Whether a missing file counts as an empty schema.
  private let isOptional: Bool

  /// A place for a schema file, from the manifest.
  package struct Place: Sendable {
    package var path: String
    /// The connector's folder, which holds `schemas/shared`: empty, or with a slash at its end.
    package var folder = ""
  }

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    candidates =
      if let path = Self.path(node) {
        Self.candidates(for: try path.string(EvaluationContext(config: scope.templateConfig)))
      } else {
        Self.candidates(defaultFor: try Self.defaultName(node).string(EvaluationContext(config: scope.templateConfig)))
      }
    files = scope.run.files
    self.node = node.node
    isOptional = false
  }

  /// The loader of a stream that names none: a file of the stream's name, or an empty schema.
  package init(defaultFor name: String, in scope: BuildScope) {
    candidates = Self.candidates(defaultFor: name)
    files = scope.run.files
    node = nil
    isOptional = true
  }

  package func schema() async throws -> JSONObject {
    // What cannot be the name of a file names none.
    let found =
      isOptional ? try? Self.first(of: candidates, in: files, at: node) : try Self.first(of: candidates, in: files, at: node)
    guard let (place, bytes) = found else {
      if isOptional { return [:] }
      throw Self.missing(candidates, in: files, at: node)
    }
    return try Self.schema(bytes, at: place, in: files, node).schema
  }

  /// The schema in a file with its references resolved, and the files that they lead to.
  package static func schema(
    _ bytes: [UInt8], at place: Place, in files: ManifestFiles, _ node: ManifestNode?
  ) throws(ConnectorError) -> (schema: JSONObject, referenced: [String: [UInt8]]) {
    let content: JSONValue
    do {
      content = try JSONValue(parsing: bytes)
    } catch {
      throw failure("The schema file `\(place.path)` is not valid JSON: \(error)", at: node)
    }
    guard let object = content.object else {
      throw failure("The schema file `\(place.path)` should hold a JSON object", at: node)
    }
    var references = SchemaFileReferences(of: object, folder: place.folder, in: files)
    do {
      return (try references.resolve(), references.used)
    } catch {
      throw failure("The schema file `\(place.path)` cannot be used: \(error.reason)", at: node)
    }
  }

  // MARK: Where the file is

  /// The path that the loader names; nil if it leaves it to the name of its stream.
  package static func path(_ node: ComponentNode) -> InterpolatedString? {
    node["file_path"].map { InterpolatedString($0, parameters: node.parameters) }
  }

  static func defaultName(_ node: ComponentNode) -> InterpolatedString {
    InterpolatedString("{{ parameters['name'] }}", parameters: node.parameters, mark: node.mark)
  }

  /// Paths that begin with a connector's own folder, `./source_name/schemas/…`, are meant from the manifest. As in the reference,
  /// a slash at the beginning counts for nothing.
  package static func candidates(for path: String) -> [Place] {
    let path = path.hasPrefix("/") ? String(path.dropFirst()) : path
    let parts = path.split(separator: "/").drop { $0 == "." }
    let folder = parts.count > 1 && parts.first != "schemas" ? parts.first.map { "\($0)/" } ?? "" : ""
    return [Place(path: path, folder: folder), Place(path: parts.dropFirst().joined(separator: "/"))].filter { !$0.path.isEmpty }
  }

  package static func candidates(defaultFor name: String) -> [Place] {
    name.isEmpty ? [] : [Place(path: "schemas/\(name).json"), Place(path: "\(name).json")]
  }

  package static func first(
    of candidates: [Place], in files: ManifestFiles, at node: ManifestNode?
  ) throws(ConnectorError) -> (place: Place, bytes: [UInt8])? {
    for place in candidates {
      do {
        if let bytes = try files.bytes(at: place.path) { return (place, bytes) }
      } catch {
        throw failure("The schema file `\(place.path)` \(refusal(error))", at: node)
      }
    }
    return nil
  }

  /// The rest of a sentence about a file that is not read.
  static func refusal(_ error: FileError) -> String {
    error == .leadsOut ? "lies outside the manifest's folder, where no schema is read" : "cannot be read: \(error)"
  }

  package static func missing(_ candidates: [Place], in files: ManifestFiles, at node: ManifestNode?) -> ConnectorError {
    failure(
      "The schema file `\(candidates.first?.path ?? "")` cannot be read: it should be beside the manifest, in `\(files)`",
      at: node
    )
  }

  private static func failure(_ sentence: String, at node: ManifestNode?) -> ConnectorError {
    ConnectorError(.system, sentence, at: node?.mark, path: node?.path ?? "")
  }
}
