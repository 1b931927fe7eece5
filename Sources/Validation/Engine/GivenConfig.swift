import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import JSONSchema
import Jinja
import Manifest
import Templating
import YAML

/// A user's config as a file, so that what is wrong with it can be shown there.
///
/// Findings go to build logs and to web pages. They name places and rules, and never a value that may be a secret: see
/// ``ConcealedConfig``.
package struct GivenConfig: Sendable {
  package let values: JSONObject
  /// The path of the file, by which findings call it.
  package let name: String
  /// The same text with the place of each value; nil if it is not YAML.
  private let document: YAMLDocument?

  package init(_ values: JSONObject, bytes: [UInt8], name: String) {
    self.values = values
    self.name = name
    document = try? YAMLDocument(parsing: bytes, file: name)
  }

  /// The config as sentences may show it, for a manifest.
  func concealed(for subject: Subject) -> ConcealedConfig {
    var specification = subject.specification?.value
    if let schema = specification, (try? JSONSchema(compiling: schema, dialect: Dialect(of: schema))) == nil {
      specification = nil
    }
    var names: Set<String> = []
    for place in subject.templates { names.formUnion(TemplateWords.all(of: place.text)) }
    return ConcealedConfig(values, specification: specification, names: names, isSecret: UnmarkedSecret.isSecret)
  }

  /// Checks the config against the spec, and fills in every template that depends on the config alone.
  func check(_ subject: Subject, concealed: ConcealedConfig, _ findings: inout FindingList) {
    if let specification = subject.specification { validate(specification, &findings) }
    evaluate(subject, concealed, &findings)
  }

  // MARK: The spec

  private func validate(_ specification: ManifestNode, _ findings: inout FindingList) {
    let schema = specification.value
    let compiled: JSONSchema
    do {
      compiled = try JSONSchema(compiling: schema, dialect: Dialect(of: schema))
    } catch {
      let diagnostic = Diagnostic(.error, rule: "config", "the spec is not a valid JSON schema: \(error)", at: specification)
      return findings.add(Finding(diagnostic))
    }
    let errors = compiled.validate(.object(Spec.withoutReservedKeys(values)))
    guard !errors.isEmpty else { return }
    var places = ConfigPlaces(document, names: ConcealedConfig.properties(of: schema))
    let related = Diagnostic.Related("the spec", at: specification.keyMark ?? specification.mark)
    for error in errors {
      let mistake = ConfigMistake(error, specification: schema)
      let strangers = error.unknownKeys
      for key in strangers.isEmpty ? [nil] : strangers.map(Optional.some) {
        let near = key.flatMap { findings.suggestion(for: $0, among: places.names) }
        let diagnostic = Diagnostic(
          .error, rule: "config",
          "the config does not fit the spec: \(key == nil ? mistake.sentence : "the spec does not have this property")",
          at: places.mark(of: mistake.path + (key.map { [.key($0)] } ?? []), isKey: key != nil),
          path: mistake.path.shown(naming: places.names), failureType: .config, related: [related], remedy: near.map(Remedy.name))
        findings.add(Finding(diagnostic))
      }
    }
  }

  // MARK: Templates

  private func evaluate(_ subject: Subject, _ concealed: ConcealedConfig, _ findings: inout FindingList) {
    let config = Value(JSONValue.object(values))
    let shown = Value(JSONValue.object(concealed.values))
    for place in subject.templates where place.isInterpolated && place.dependsOnConfigAlone {
      guard case .success = place.template, failure(of: place, config) != nil else { continue }
      let sentence = failure(of: place, shown) ?? "the template cannot be evaluated"
      findings.add(
        Finding(Diagnostic(.error, rule: "config", "with this config: \(sentence)", at: place.node, failureType: .config)))
    }
  }

  /// Why a template cannot be evaluated with a config; nil if it can.
  private func failure(of place: TemplatePlace, _ config: Value) -> String? {
    let parameters = place.owner.node["$parameters"]?.value.object ?? [:]
    do {
      _ = try InterpolatedString(place.node, parameters: parameters).evaluate(EvaluationContext(config: config))
      return nil
    } catch {
      return ConnectorError(wrapping: error).message
    }
  }
}

/// The places of a config's values in its file, without the file's text.
private struct ConfigPlaces {
  /// The names that the spec gives to properties.
  let names: Set<String>
  private let root: YAMLNode?
  /// The entries of mappings that were looked at, by their keys.
  private var entries: [ObjectIdentifier: [String: YAMLEntry]] = [:]

  init(_ document: YAMLDocument?, names: Set<String>) {
    root = document?.root
    self.names = names
  }

  /// Where a value, or else its key, is; the nearest place around it if that is not known.
  mutating func mark(of path: [PathElement], isKey: Bool) -> SourceMark? {
    guard var node = root else { return nil }
    var mark = node.mark
    for element in path {
      switch (element, node.content) {
      case (.key(let key), .mapping(let members)):
        guard let entry = entry(key, of: node, members) else { return mark.withoutText }
        (mark, node) = (isKey ? entry.key.mark : entry.value.mark, entry.value)
      case (.index(let index), .sequence(let nodes)) where nodes.indices.contains(index):
        (mark, node) = (nodes[index].mark, nodes[index])
      default: return mark.withoutText
      }
    }
    return mark.withoutText
  }

  private mutating func entry(_ key: String, of node: YAMLNode, _ members: [YAMLEntry]) -> YAMLEntry? {
    let identity = ObjectIdentifier(node)
    if let known = entries[identity] { return known[key] }
    var made: [String: YAMLEntry] = [:]
    for member in members { if case .string(let name) = member.key.content { made[name] = member } }
    entries[identity] = made
    return made[key]
  }
}
