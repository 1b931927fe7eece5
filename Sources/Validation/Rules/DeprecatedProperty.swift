import Components
import JSON
import Manifest

/// A property or component that new manifests should not use any more.
struct DeprecatedProperty: Rule {
  static let name = "deprecated-property"
  static let summary = "A property or component is deprecated."
  static let presence = DefaultPresence.counted

  func check(_ subject: Subject, _ findings: inout FindingList) {
    let text = subject.text
    let addresses = text.map { AddressMigration(subject, $0) }
    for visit in subject.components {
      if let definition = ComponentSchema.definition(visit.type), definition["deprecated"]?.bool == true {
        let type = visit["type"] ?? visit.node
        findings.warnOnce(
          visit.type, "`\(visit.type)` is deprecated", at: type,
          remedy: definition["deprecation_message"]?.string.map(Remedy.advice))
      }
      for (key, value) in visit.node.entries ?? [] {
        guard let property = visit.properties[key], property["deprecated"]?.bool == true, !value.isNull,
          !visit.isParameter(key, value)
        else { continue }
        findings.warnOnce(
          "\(visit.type).\(key)", "`\(key)` of `\(visit.type)` is deprecated", at: value, mark: value.keyMark,
          remedy: property["deprecation_message"]?.string.map(Remedy.advice), fix: fix(key, value, of: visit, text, addresses))
      }
    }
  }

  /// The changes that the reference's migrations make and that need no more than this place.
  private func fix(
    _ key: String, _ value: ManifestNode, of visit: ComponentVisit, _ text: SourceText?, _ addresses: AddressMigration?
  ) -> [TextEdit] {
    guard let text, visit.type == "HttpRequester", let mark = value.keyMark else { return [] }
    switch key {
    case "url_base" where visit.node["url"] == nil:
      guard addresses?.allowsRenaming(at: mark) == true else { return [] }
      return text.range(of: key, at: mark).map { [TextEdit($0, "url")] } ?? []
    case "path": return addresses?.edits(at: mark) ?? []
    case "request_body_json" where visit.node["request_body"] == nil, "request_body_data" where visit.node["request_body"] == nil:
      return BodyMigration.edits(key: key, value: value, in: text)
    default: return []
    }
  }
}
