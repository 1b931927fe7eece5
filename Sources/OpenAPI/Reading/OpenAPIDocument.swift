import AirbyteProtocol
import Bytes
import Essentials
import Manifest
import YAML

/// An OpenAPI document with the files that it refers to. Nothing is fetched: a reference to an address leads nowhere.
package struct OpenAPIDocument: Sendable {
  /// The versions of the specification that can be read.
  package enum Version: String, Sendable {
    case two = "2.0"
    case three = "3.0"
    case threeOne = "3.1"
  }

  package let root: DocumentNode
  package let version: Version
  /// The path by which it was named.
  package let name: String
  /// What could not be followed, as warnings.
  package private(set) var warnings: [Diagnostic] = []
  private var files: [String: ManifestValue] = [:]

  /// Documents are put together from no more files than this.
  private static let maximumFiles = 5_000
  /// A chain of references is followed no further.
  private static let longestChain = 32

  /// Reads a document and the files that it refers to, all of which must lie in its folder.
  /// - Throws: ``ManifestError`` if the file cannot be read or is not an OpenAPI document.
  package init(path: String) throws(ManifestError) {
    let folder = path.contains("/") ? path.parentPath : "."
    let bytes = try Self.bytes(path)
    try self.init(bytes, name: path, files: .folder(folder.isEmpty ? "/" : folder))
  }

  /// Reads a document from its text.
  /// - Parameters:
  ///   - name: what places call it.
  ///   - files: where it finds the files that it refers to.
  package init(
    _ bytes: [UInt8], name: String, files source: ManifestFiles = .none(reason: "a text has no folder")
  ) throws(ManifestError) {
    let value = try DocumentText.read(bytes, name: name)
    let own = name.lastPathPart
    root = DocumentNode(value, file: own)
    self.name = name
    guard value.mapping != nil else {
      throw Self.error("this is \(value.kindName), not an OpenAPI document", at: value.mark)
    }
    version = try Self.version(of: root)
    files[own] = value
    loadFiles(folder: name.parentPath, source)
    noteDeadReferences()
  }

  /// Whether a text is a document, as far as its beginning or its keys say.
  package static func isDocument(_ bytes: [UInt8]) -> Bool {
    let head = String(decoding: bytes.prefix(1 << 20), as: UTF8.self)
    guard head.contains("openapi") || head.contains("swagger") else { return false }
    guard let value = try? DocumentText.read(bytes, name: ""), let root = value.mapping else { return false }
    return root["openapi"] != nil || root["swagger"] != nil
  }

  private static func version(of root: DocumentNode) throws(ManifestError) -> Version {
    if let node = root["swagger"], let text = node.text {
      if text.hasPrefix("2") { return .two }
      throw error("Swagger \(text) cannot be read", at: node.mark, "convert the document to OpenAPI 3")
    }
    guard let node = root["openapi"], let text = node.text else {
      throw error(
        "this is not an OpenAPI document: it has neither `openapi` nor `swagger`", at: root.value.mark,
        "name a document that begins with `openapi: 3.0.3` or the like")
    }
    if text.hasPrefix("3.0") || text == "3" { return .three }
    if text.hasPrefix("3.") { return .threeOne }
    throw error("OpenAPI \(text) cannot be read", at: node.mark, "versions 2.0, 3.0 and 3.1 can")
  }

  private static func error(_ message: String, at mark: SourceMark?, _ remedy: String? = nil) -> ManifestError {
    ManifestError(
      Diagnostic(.error, rule: "openapi", message, at: mark, failureType: .config, remedy: remedy.map { .advice($0) }))
  }

  private static func bytes(_ path: String) throws(ManifestError) -> [UInt8] {
    guard let isFolder = FileManager.default.isFolder(atPath: path) else {
      throw error("there is no OpenAPI document at \(path)", at: nil)
    }
    guard !isFolder else { throw error("an OpenAPI document is a file, and \(path) is a folder", at: nil) }
    do {
      return try Descriptor(file: path).read(upTo: DocumentText.maximumBytes + 1)
    } catch {
      throw Self.error("the OpenAPI document \(path) cannot be read: \(error)", at: nil)
    }
  }

  // MARK: Files

  /// Loads what the document refers to, and what that refers to.
  private mutating func loadFiles(folder: String, _ source: ManifestFiles) {
    var open = [root]
    var refused: Set<String> = []
    while let node = open.popLast() {
      for (reference, mark) in Self.references(in: node.value) {
        guard let path = Self.target(of: reference, from: node.file).file, files[path] == nil, !refused.contains(path) else {
          continue
        }
        do {
          guard !path.contains("://") else { throw FileProblem("addresses are not fetched; keep a copy beside the document") }
          guard files.count < Self.maximumFiles else { throw FileProblem("there are more than \(Self.maximumFiles) files") }
          guard let bytes = try source.bytes(at: path) else { throw FileProblem("there is no such file") }
          let name = folder.isEmpty ? path : folder.appendingPath(path)
          let value = try DocumentText.read(bytes, name: name)
          files[path] = value
          open.append(DocumentNode(value, file: path))
        } catch {
          refused.insert(path)
          warnings.append(
            Diagnostic(.warning, rule: "openapi", "the reference `\(reference)` cannot be followed: \(error)", at: mark))
        }
      }
    }
  }

  /// Notes the references that lead nowhere, or around in a circle, where the file itself is there.
  private mutating func noteDeadReferences() {
    var told: Set<String> = []
    for (file, value) in files.sorted(by: { $0.key < $1.key }) {
      for (reference, mark) in Self.references(in: value, withOwn: true) where told.count < Self.mostTold {
        guard let path = Self.target(of: reference, from: file).file, files[path] != nil else { continue }
        let reason: String
        switch target(of: reference, from: file) {
        case nil: reason = "it leads nowhere"
        case let target? where resolved(target)["$ref"]?.text.flatMap({ self.target(of: $0, from: file) }) != nil:
          reason = "it leads around in a circle"
        default: continue
        }
        guard told.insert("\(file) \(reference)").inserted else { continue }
        warnings.append(
          Diagnostic(.warning, rule: "openapi", "the reference `\(reference)` cannot be followed: \(reason)", at: mark))
      }
    }
  }

  /// Nobody reads more.
  private static let mostTold = 20

  private struct FileProblem: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }

  /// The references in a file that lead to others.
  /// - Parameter withOwn: whether those within the file count as well.
  private static func references(in value: ManifestValue, withOwn: Bool = false) -> [(String, SourceMark?)] {
    var found: [(String, SourceMark?)] = []
    func look(_ value: ManifestValue, _ depth: Int) {
      guard depth < 500 else { return }
      switch value.content {
      case .sequence(let elements): for element in elements { look(element, depth + 1) }
      case .mapping(let mapping):
        // What extensions refer to, such as samples of code, says nothing of the API.
        for entry in mapping.entries where !entry.key.hasPrefix("x-") {
          if entry.key == "$ref", let text = entry.value.string {
            if withOwn || !text.hasPrefix("#") { found.append((text, entry.value.mark)) }
          } else {
            look(entry.value, depth + 1)
          }
        }
      default: break
      }
    }
    look(value, 0)
    return found
  }

  /// The file that a reference leads to, by its path from the document's folder, and the pointer within it.
  private static func target(of reference: String, from file: String) -> (file: String?, pointer: Substring) {
    let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let pointer = parts.count > 1 ? parts[1] : ""
    guard let path = parts.first, !path.isEmpty else { return (file, pointer) }
    if path.contains("://") { return (String(path), pointer) }
    let decoded = path.withoutPercentEscapes ?? String(path)
    if decoded.hasPrefix("/") { return (decoded, pointer) }
    var steps = file.split(separator: "/").dropLast().map(String.init)
    for step in decoded.split(separator: "/") where step != "." {
      if step == "..", let last = steps.last, last != ".." { steps.removeLast() } else { steps.append(String(step)) }
    }
    return (steps.joined(separator: "/"), pointer)
  }

  // MARK: References

  /// The value that a node stands for: what its reference leads to, or the node itself. A reference that leads nowhere, or
  /// around in a circle, stands for itself.
  package func resolved(_ node: DocumentNode) -> DocumentNode {
    var node = node
    for _ in 0..<Self.longestChain {
      guard let reference = node["$ref"]?.text, let next = target(of: reference, from: node.file) else { return node }
      node = next
    }
    return node
  }

  /// The same for a node that may not be there.
  package func resolved(_ node: DocumentNode?) -> DocumentNode? { node.map { resolved($0) } }

  private func target(of reference: String, from file: String) -> DocumentNode? {
    let (path, pointer) = Self.target(of: reference, from: file)
    guard let path, let value = files[path] else { return nil }
    var node = DocumentNode(value, file: path)
    guard pointer.isEmpty || pointer.hasPrefix("/") else { return nil }
    for step in pointer.split(separator: "/") {
      let plain = (step.withoutPercentEscapes ?? String(step)).replacing("~1", with: "/").replacing("~0", with: "~")
      guard let next = node[plain] ?? Int(plain).flatMap({ node.elements.indices.contains($0) ? node.elements[$0] : nil })
      else { return nil }
      node = next
    }
    return node
  }

  /// The last name of the reference that a node is, as in `Pet`; nil if it is none.
  func referenceName(_ node: DocumentNode) -> String? {
    node["$ref"]?.text.flatMap { $0.split(whereSeparator: { "/#".contains($0) }).last.map(String.init) }
  }
}
