import Manifest
import OrderedCollections

/// A key that no component reads does nothing, whatever its author meant by it.
struct UnknownKey: Rule {
  static let name = "unknown-key"
  static let summary = "A component has a key that it does not read."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for visit in subject.components where visit.parent != nil {
      // A key that had another name before is what ``RenamedName`` speaks of.
      for (key, value) in Self.unread(by: visit) where ComponentSchema.presentName(of: key, in: visit.type) == nil {
        warn(key, value, visit, &findings)
      }
    }
  }

  /// The keys of a component that it does not read.
  static func unread(by visit: ComponentVisit) -> [(key: String, node: ManifestNode)] {
    let isTyped = visit.node["type"] != nil
    // An untyped place that takes keys of any name is data, and custom code may read any key.
    guard !visit.isCustom, isTyped || !visit.properties.isEmpty else { return [] }
    return (visit.node.entries ?? []).filter { key, value in
      visit.properties[key] == nil && !key.hasPrefix("x-") && !(key == "type" && isTyped)
        && !documentation.contains(key) && !visit.isParameter(key, value) && !isCopy(key, value, visit)
    }
  }

  /// Keys that say something to people.
  private static let documentation: Set<String> = ["description", "title", "$comment", "$schema", "$parameters"]

  /// Whether a component around has the same value: tools write the parameters of a stream into each of its components.
  private static func isCopy(_ key: String, _ value: ManifestNode, _ visit: ComponentVisit) -> Bool {
    var outer = visit.parent
    while let current = outer {
      if current.properties[key] != nil, current.node[key]?.value == value.value { return true }
      outer = current.parent
    }
    return false
  }

  private func warn(_ key: String, _ value: ManifestNode, _ visit: ComponentVisit, _ findings: inout FindingList) {
    let unset = visit.properties.keys.filter { visit.node[$0] == nil || $0.hasPrefix("$") }
    let near = findings.suggestion(for: key, among: unset)
    let owners = visit.parent.map { Self.owners(of: key, around: $0) } ?? []
    var remedy = near.map(Remedy.name)
    if near == nil, let owner = owners.first { remedy = "it is a property of `\(owner)`, around it" }
    findings.warnOnce(
      "\(visit.type).\(key)", "`\(visit.type)` does not read `\(key)`", at: value, mark: value.keyMark, remedy: remedy)
  }

  /// The components around a place that have this property.
  private static func owners(of key: String, around visit: ComponentVisit) -> [String] {
    var owners: [String] = []
    var current: ComponentVisit? = visit
    while let visit = current, owners.count < 3 {
      if visit.properties[key] != nil { owners.append(visit.type) }
      current = visit.parent
    }
    return owners
  }
}
