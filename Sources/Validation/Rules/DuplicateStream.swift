import Components
import JSON
import Manifest

/// Streams are identified by their names, in catalogs and in states. Airbyte's connector tests refuse two with the same name.
struct DuplicateStream: Rule {
  static let name = "duplicate-stream"
  static let summary = "Two streams have the same name."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    var known: ByName<ManifestNode> = [:]
    for stream in subject.components("DeclarativeStream", "StateDelegatingStream")
    where stream.parent?.type == "DeclarativeSource" {
      guard let node = stream["name"], let name = node.string else { continue }
      guard let other = known[name] else {
        known[name] = node
        continue
      }
      // One definition that is in the list twice is wrong where it is listed.
      let mark = other.mark == node.mark ? stream.node.referenceMark ?? node.mark : node.mark
      findings.warn(
        "there is another stream called `\(name)`", at: node, mark: mark, related: [.init("the other one", at: other.mark)])
    }
  }
}
