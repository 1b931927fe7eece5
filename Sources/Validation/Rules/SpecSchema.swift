import Engine
import JSONSchema
import Manifest

/// A spec that is not a JSON schema refuses every config.
struct SpecSchema: Rule {
  static let name = "spec-schema"
  static let summary = "The spec cannot be sent to the platform, or is not a valid JSON schema, so that every config is refused."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    if let auth = subject.root["spec"]?["advanced_auth"], auth.isMapping, auth["auth_flow_type"]?.isNull ?? true {
      findings.warn(
        "`advanced_auth` needs its `auth_flow_type`: without it the spec cannot be sent", at: auth, mark: auth.keyMark)
    }
    guard let specification = subject.specification else { return }
    let schema = specification.value
    do {
      _ = try JSONSchema(compiling: schema, dialect: Dialect(of: schema))
    } catch {
      let place = error.path.reduce(specification) { node, element in
        switch element {
        case .key(let key): node[key] ?? node
        case .index(let index): node[index] ?? node
        }
      }
      findings.warn("the spec is not a valid JSON schema: \(error.reason)", at: place)
    }
  }
}
