import AirbyteProtocol
import Bytes
import ConnectorModel
import Essentials
import JSON
import Manifest

/// Files that say what a mock answers: expectations of MockServer, mappings of WireMock, or a recording.
package enum MockSource {
  /// Whether a path names a manifest, or the folder of one.
  package static func isManifest(_ path: String) -> Bool {
    Folders.isFolder(path)
      ? FileManager.default.fileExists(atPath: path + "/manifest.yaml") : path.hasSuffix(".yaml") || path.hasSuffix(".yml")
  }

  /// Adds what a file or a folder of mappings says.
  /// - Parameter recordings: takes in what is a recording.
  /// - Throws: an error that names the file and the line of what cannot be used.
  package static func load(_ path: String, into board: StubBoard, recordings: inout [any MockAPI]) throws {
    guard let isFolder = FileManager.default.isFolder(atPath: path) else {
      throw ConnectorError(.config, "There is no file `\(path)`")
    }
    if isManifest(path) {
      throw ConnectorError(.config, "`\(path)` is a manifest. Write `--manifest \(path)`")
    }
    guard isFolder else {
      return try load(file: path, root: path.parentPath, board, &recordings)
    }
    // WireMock's own layout, or a folder of mappings.
    let inner = path.appendingPath("mappings")
    let folder = FileManager.default.fileExists(atPath: inner) ? inner : path
    let names = ((try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".json") }.sorted()
    guard !names.isEmpty else {
      throw ConnectorError(.config, "The folder `\(path)` has no mappings: JSON files are expected in it")
    }
    for name in names { try load(file: folder.appendingPath(name), root: path, board, &recordings) }
  }

  /// Adds expectations of MockServer that are a part of a YAML file.
  /// - Throws: ``StubError`` with the place of what cannot be used.
  package static func load(expectations node: ManifestNode, into board: StubBoard) throws {
    board.add(try MockServerExpectations(now: board.now()).stubs(in: SourceNode(node)))
  }

  private static func load(file path: String, root: String, _ board: StubBoard, _ recordings: inout [any MockAPI]) throws {
    if path.hasSuffix(".har") || path.hasSuffix(".gz") { return recordings.append(try RecordedAPI(path: path)) }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw ConnectorError(.config, "The file `\(path)` cannot be read")
    }
    let node = try SourceNode(parsing: Array(bytes), name: path)
    if node.value["log"]?["entries"] != nil { return recordings.append(try RecordedAPI(path: path)) }
    // Expectations may all come later, by `PUT /mockserver/expectation`.
    if node.elements?.isEmpty == true { return }
    let first = node.elements?.first ?? node
    if first["request"] != nil || node["mappings"] != nil {
      let mappings = WireMockMappings { name in
        let place = root.appendingPath("__files/\(name)")
        guard !name.split(separator: "/").contains(".."), let bytes = FileManager.default.contents(atPath: place) else {
          throw ConnectorError(.config, "there is no `\(place)`")
        }
        return Array(bytes)
      }
      return board.add(try mappings.stubs(in: node))
    }
    guard first["httpRequest"] != nil || first["httpResponse"] != nil || first["httpError"] != nil else {
      throw node.failure(
        "This is neither an expectation of MockServer (`httpRequest`, `httpResponse`), nor a mapping of WireMock (`request`, `response`), "
          + "nor a recording (`log`)")
    }
    board.add(try MockServerExpectations(now: board.now()).stubs(in: node))
  }
}
