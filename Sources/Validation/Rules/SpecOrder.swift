import JSON
import Manifest

/// Fields of a form are in the order that they name, so that no two can have the same place. Airbyte's connector tests refuse it.
struct SpecOrder: Rule {
  static let name = "spec-order"
  static let summary = "Two fields of the spec have the same `order` within one group."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    guard let specification = subject.specification else { return }
    SchemaTree(root: specification).forEach { place in
      var taken: [String: ManifestNode] = [:]
      for (name, field) in place.node["properties"]?.entries ?? [] {
        guard let order = field["order"] else { continue }
        let group = field["group"]?.string ?? ""
        guard let other = taken.updateValue(order, forKey: "\(group) \(order.value.jsonText)") else { continue }
        findings.warn(
          "`\(name)` has the same `order` as another field" + (group.isEmpty ? "" : " of the group `\(group)`"), at: order,
          related: [.init("the other field's `order`", at: other.mark)])
      }
    }
  }
}
