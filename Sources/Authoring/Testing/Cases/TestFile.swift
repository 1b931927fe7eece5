import AirbyteProtocol
import ConnectorModel
import Essentials
import Manifest

/// A file of tests beside a manifest.
package struct TestFile: Sendable {
  /// The name of such a file.
  package static let usualName = "tests.yaml"

  package let path: String
  let root: ManifestNode
  package let cases: [TestCase]

  /// - Throws: ``ManifestError`` with the places of everything that is wrong, ``ConnectorError`` if the file cannot be read.
  package init(path: String) throws {
    try self.init(path: path, bytes: try TestInput.bytes(of: path))
  }

  init(path: String, bytes: [UInt8]) throws {
    self.path = path
    root = try CheckedFile(path: path, bytes: bytes).root
    let defaults = TestDefaults(root["defaults"])
    cases = try (root["tests"]?.sequence ?? []).map { try TestCase($0, defaults) }
    var names: [String: ManifestNode] = [:]
    for (test, node) in zip(cases, root["tests"]?.sequence ?? []) {
      guard let first = names.updateValue(node, forKey: test.name) else { continue }
      throw ManifestError(
        Diagnostic(
          .error, rule: "tests", "There are two tests of the name `\(test.name)`: give each its own", at: node["name"]?.mark,
          failureType: .config, related: [.init("the first one", at: first["name"]?.mark)]))
    }
  }
}

/// What tests have that do not say otherwise.
struct TestDefaults: Sendable {
  let config: ManifestNode?
  let now: ManifestNode?
  let traffic: ManifestNode?

  init(_ node: ManifestNode?) {
    config = node?["config"]
    now = node?["now"]
    traffic = node?["traffic"]
  }
}
