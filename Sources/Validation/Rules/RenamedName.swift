import Manifest
import OrderedCollections
import YAML

/// Names that earlier versions of the manifest language had.
struct RenamedName: Rule {
  static let name = "renamed-name"
  static let summary = "A property has the name that it had in an earlier version."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    guard let file = subject.written.mark?.file else { return }
    for visit in subject.components {
      for (key, value) in visit.node.entries ?? [] {
        guard visit.properties[key] == nil, let present = ComponentSchema.presentName(of: key, in: visit.type),
          visit.node[present] == nil, let mark = value.keyMark, mark.file === file
        else { continue }
        let range = subject.text?.range(of: key, at: mark)
        findings.warn(
          "`\(key)` of `\(visit.type)` is called `\(present)` now, and is not read", at: value, mark: mark,
          remedy: "write `\(present)`", fix: range.map { [TextEdit($0, present)] } ?? [])
      }
    }
  }
}
