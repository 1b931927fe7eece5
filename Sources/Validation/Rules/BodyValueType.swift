import Components
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Strings in JSON bodies are templates, whose results have the type that they are written like: `"100"` is sent as a number.
struct BodyValueType: Rule {
  static let name = "body-value-type"
  static let summary = "A string in a JSON body is sent as a number, a boolean or null."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for requester in subject.components("HttpRequester") {
      if let body = requester["request_body_json"], body.isMapping { visit(body, subject, &findings) }
      guard let body = requester["request_body"], ["RequestBodyJsonObject", "RequestBodyGraphQL"].contains(body["type"]?.string),
        let value = body["value"]
      else { continue }
      visit(value, subject, &findings)
    }
  }

  private func visit(_ body: ManifestNode, _ subject: Subject, _ findings: inout FindingList) {
    body.walk(into: { $0 != "$parameters" }) { node in
      if let text = node.string { check(text, node, subject, &findings) }
      return .into
    }
  }

  private func check(_ text: String, _ node: ManifestNode, _ subject: Subject, _ findings: inout FindingList) {
    if !text.contains("{{"), !text.contains("{%") {
      guard let kind = Self.kind(of: text) else { return }
      return findings.warn(
        "the string `\(text)` is sent as \(kind)", at: node,
        remedy: "write `\"'\(text)'\"` to send a string, or leave out the quotes")
    }
    // A field of the config that is a text, and whose texts look like something else.
    guard let key = ConfigReads.only(text), let field = subject.specification?["properties"]?[key],
      SchemaTree.types(of: field).first == "string",
      let example = field["examples"]?.sequence?.first?.string ?? field["default"]?.string, let kind = Self.kind(of: example)
    else { return }
    findings.warn(
      "a text such as `\(example)`, which the spec asks for in `\(key)`, is sent as \(kind)", at: node,
      remedy: "write `'{{ config['\(key)'] }}'`, with the quotes in the text, to send a string",
      related: [.init("the field of the spec", at: field.keyMark)])
  }

  /// What a text becomes; nil for one that stays a text.
  private static func kind(of text: String) -> String? {
    guard !text.isEmpty, !text.contains("{{"), !text.contains("{%"), !text.contains("{#"),
      let value = try? InterpolatedString(text).evaluate(EvaluationContext(config: Value.none))
    else { return nil }
    return switch JSONValue(value) {
    case .string: nil
    case .null: "null"
    case .bool: "a boolean"
    // Who writes those means them.
    case .array, .object: nil
    default: "a number"
    }
  }
}
