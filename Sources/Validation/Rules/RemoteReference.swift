import Engine
import Manifest

/// A reference leads into the manifest itself. Any other text in a `$ref` is not followed, but takes the place of its mapping.
struct RemoteReference: Rule {
  static let name = "remote-reference"
  static let summary = "A `$ref` does not lead into the manifest, so it is not followed."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    subject.written.walk(into: { $0 != "config_overrides" }) { node in
      // A mapping may have the key twice.
      for (key, value) in node.entries ?? [] where key == "$ref" {
        guard let text = value.string, !text.hasPrefix("#/") else { continue }
        findings.warn(
          "`\(text)` is not a reference into this manifest, which would begin with `#/`: the text itself is used here", at: value)
      }
      return .into
    }
  }
}
