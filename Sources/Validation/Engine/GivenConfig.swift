import JSON
import JSONSchema
import Jinja
import LowCode
import YAML

/// A user's config as a file, so that what is wrong with it can be shown there.
package struct GivenConfig: Sendable {
  package let values: JSONObject
  /// The same text with the place of each value; nil where it is no YAML.
  private let document: YAMLDocument?

  /// - Parameter name: what findings call the file.
  package init(_ values: JSONObject, bytes: [UInt8], name: String) {
    self.values = values
    document = try? YAMLDocument(parsing: bytes, file: name)
  }

  /// Checks the config against the spec, and fills in every template that depends on the config alone.
  func check(_ subject: Subject, _ findings: inout FindingList) {
    if let specification = subject.specification { validate(specification, &findings) }
    evaluate(subject, &findings)
  }

  private func validate(_ specification: ManifestNode, _ findings: inout FindingList) {
    let schema = specification.value
    let compiled: JSONSchema
    do {
      compiled = try JSONSchema(compiling: schema, dialect: Dialect(of: schema))
    } catch {
      let diagnostic = Diagnostic(.error, rule: "config", "the spec is not a valid JSON schema: \(error)", at: specification)
      return findings.add(Finding(diagnostic))
    }
    // What the platform adds is no part of the spec.
    let given = values.filter { !["_limit", "_page_size"].contains($0.key) }
    for error in compiled.validate(.object(given)) {
      let diagnostic = Diagnostic(
        .error, rule: "config", "the config does not fit the spec: \(error.message)", at: mark(of: error.instancePath),
        path: error.instancePath.dotted, related: [.init("the spec", at: specification.keyMark ?? specification.mark)])
      findings.add(Finding(diagnostic))
    }
  }

  private func mark(of path: [PathElement]) -> SourceMark? {
    guard var node = document?.root else { return nil }
    for element in path {
      switch (element, node.content) {
      case (.key(let key), .mapping(let entries)):
        guard let entry = entries.first(where: { if case .string(key) = $0.key.content { true } else { false } }) else {
          return node.mark
        }
        node = entry.value
      case (.index(let index), .sequence(let nodes)) where nodes.indices.contains(index): node = nodes[index]
      default: return node.mark
      }
    }
    return node.mark
  }

  private func evaluate(_ subject: Subject, _ findings: inout FindingList) {
    let config = Value(JSONValue.object(values))
    for place in subject.templates where place.isInterpolated && place.dependsOnConfigAlone {
      guard case .success = place.template, place.variables != nil else { continue }
      do {
        let parameters = place.owner.node["$parameters"]?.value.object ?? [:]
        _ = try InterpolatedString(place.node, parameters: parameters).evaluate(EvaluationContext(config: config))
      } catch {
        let sentence = ConnectorError(wrapping: error).message
        let message = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
        findings.add(Finding(Diagnostic(.error, rule: "config", "with this config: \(message)", at: place.node)))
      }
    }
  }
}
