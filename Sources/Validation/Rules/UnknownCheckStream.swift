import Components
import Manifest

/// A check that names a stream which does not exist fails always.
struct UnknownCheckStream: Rule {
  static let name = "unknown-check-stream"
  static let summary = "The check names a stream that the manifest does not have."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    // Templates may make streams of any name.
    guard subject.root["dynamic_streams"]?.sequence?.isEmpty ?? true, let check = subject.root["check"] else { return }
    let streams = subject.components("DeclarativeStream", "StateDelegatingStream")
      .filter { ["DeclarativeSource", "ConditionalStreams"].contains($0.parent?.type ?? "") }
    let names = streams.compactMap { $0["name"]?.string }
    guard !names.isEmpty else { return }
    let known = Set(names)
    for node in check["stream_names"]?.sequence ?? [] {
      guard let name = node.string, !known.contains(name) else { continue }
      let near = findings.suggestion(for: name, among: names)
      findings.warn("there is no stream `\(name)` to check", at: node, remedy: near.map(Remedy.name))
    }
  }
}
