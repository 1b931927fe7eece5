import Engine
import Manifest

/// Every command asks for the spec first, and fails without one. The reference also reads a `spec.yaml` beside the code of a connector.
struct MissingSpec: Rule {
  static let name = "missing-spec"
  static let summary = "The manifest has no `spec`, which every command needs."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    guard subject.root["spec"]?.isNull ?? true else { return }
    findings.warn("the manifest has no `spec`, which every command needs", at: subject.root)
  }
}
