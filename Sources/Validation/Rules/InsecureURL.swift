import Manifest

/// What goes over plain HTTP can be read by everyone on the way, credentials too.
struct InsecureURL: Rule {
  static let name = "insecure-url"
  static let summary = "Requests go over plain HTTP."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for visit in subject.components {
      for (key, value) in visit.node.entries ?? [] where ComponentSchema.isAddress(key, of: visit.type) {
        guard let text = value.string, text.lowercased().hasPrefix("http://"), !isLocal(text) else { continue }
        findings.warn("requests go over plain HTTP", at: value, remedy: "use `https://`")
      }
    }
  }

  /// Whether an address leads to the machine itself.
  private func isLocal(_ url: String) -> Bool {
    let host = url.dropFirst("http://".count).prefix { !"/:?#".contains($0) }
    return ["localhost", "127.0.0.1", "0.0.0.0", "host.docker.internal"].contains(host.lowercased()) || url.contains("[::1]")
  }
}
