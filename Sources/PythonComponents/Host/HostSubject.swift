import ConnectorModel
import Manifest

/// A component of a host, and what it is asked: what errors and logs name.
struct HostSubject: Sendable {
  /// The manifest's place of the component.
  let node: ManifestNode
  /// The last part of its `class_name`.
  let className: String
  /// The method that is called, as a user knows it; empty while it is built.
  var method = ""

  init(_ node: ManifestNode, method: String = "") {
    self.node = node
    self.method = method
    let name = node["class_name"]?.string ?? node["type"]?.string ?? ""
    className = name.split(separator: ".").last.map(String.init) ?? name
  }

  func asked(_ method: String) -> HostSubject {
    var subject = self
    subject.method = method
    return subject
  }

  /// `CustomExtractor.extract_records`, as sentences name it.
  var call: String { method.isEmpty ? "`\(className)`" : "`\(className).\(method)`" }
}
