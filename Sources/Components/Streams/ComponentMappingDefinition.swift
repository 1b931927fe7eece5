import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Secrets
import Templating
import YAML

/// Says what goes where in a stream's template.
struct ComponentMappingDefinition: Component {
  private let path: [InterpolatedString]
  private let value: InterpolatedString
  private let isText: Bool
  private let createsMissing: Bool
  /// Nil if the mapping always counts.
  private let condition: InterpolatedBoolean?
  private let node: ManifestNode
  private let secrets: any Secrets

  /// - Parameter parameters: those of the resolver, which its conditions see.
  init(_ node: ManifestNode, parameters: JSONObject, in scope: BuildScope) throws {
    let component = try ComponentNode(node)
    self.node = node
    secrets = scope.runtime.secrets
    path = try component.nodes("field_path").map { InterpolatedString($0, parameters: component.parameters) }
    let type = try component.optionalString("value_type")
    isText = type == "string"
    let types: ValidTypes =
      switch type {
      case "string": .string
      case "integer": .int
      case "number": .float
      case "boolean": .bool
      default: .any
      }
    let template = try component.required("value")
    value = InterpolatedString(template, parameters: component.parameters, validTypes: types)
    createsMissing = try component.bool("create_or_update", default: false)
    condition = component["condition"].flatMap { condition in
      condition.string?.isEmpty == false ? InterpolatedBoolean(condition, parameters: parameters) : nil
    }
  }

  init(from node: ComponentNode, in scope: BuildScope) throws {
    try self.init(node.node, parameters: node.parameters, in: scope)
  }

  /// `stream` with the value in its place.
  func apply(to stream: ManifestValue, _ rules: MappingRules, _ evaluation: EvaluationContext) throws -> ManifestValue {
    if let condition, try !condition.evaluate(evaluation) { return stream }
    let mark = node["value"]?.mark
    let result = try value.evaluate(evaluation)
    let segments = try path.map { JSONPathSegment(try $0.evaluate(evaluation)) }
    let manifestValue: ManifestValue
    if let text = result.text, rules.readsYAML, !(isText && rules.keepsText) {
      manifestValue = try parsed(text, rules).placed(at: mark)
    } else {
      manifestValue = ManifestValue(json: JSONValue(result)).placed(at: mark)
    }
    let glob: JSONGlobPath
    do {
      glob = try JSONGlobPath(segments)
    } catch {
      throw ConnectorError(.system, "The `field_path` of this mapping cannot be followed: \(error)", at: node)
    }
    let (changed, count) = stream.setting(glob, to: manifestValue)
    guard count == 0, createsMissing, rules.canCreate, manifestValue.isTrue else { return changed }
    return try stream.creating(segments[...], manifestValue)
  }

  /// The text as YAML, or itself if it is not YAML.
  private func parsed(_ text: String, _ rules: MappingRules) throws -> ManifestValue {
    do {
      return try YAMLConversion.value(YAMLDocument(parsing: text, file: "value").root)
    } catch let error as YAMLError {
      if error.step == .parsing || rules.toleratesTokens && Self.isTolerated(error) { return ManifestValue(.string(text)) }
      throw ConnectorError(
        .system, "The value of this mapping is not valid YAML: \(secrets.excerpt(of: text, upTo: 200))", at: node,
        internalMessage: error.description)
    } catch let error as ManifestError {
      throw ConnectorError(
        .system, "The value of this mapping is not one that a manifest can have: \(secrets.excerpt(of: text, upTo: 200))",
        at: node,
        internalMessage: error.diagnostics.first?.message)
    }
  }

  /// Whether the reference takes the text as it is: a format such as `%Y-%m-%d`, or a tab where a value should begin.
  private static func isTolerated(_ error: YAMLError) -> Bool {
    guard error.step == .scanning || error.step == .directive, let line = error.mark.file.line(error.mark.line) else {
      return false
    }
    let found = line.unicodeScalars.dropFirst(error.mark.column - 1).first
    return found == "\t" || found == "%" && error.step == .directive
  }
}

/// In what the resolvers' mappings differ.
struct MappingRules: Sendable {
  /// Whether a text is read as YAML.
  var readsYAML: Bool
  /// Whether a text of `value_type: string` stays one.
  var keepsText: Bool
  /// Whether some texts that have no YAML tokens stay as they are, rather than being an error.
  var toleratesTokens: Bool
  /// Whether `create_or_update` counts.
  var canCreate: Bool

  static let http = MappingRules(readsYAML: false, keepsText: true, toleratesTokens: false, canCreate: false)
  static let config = MappingRules(readsYAML: true, keepsText: true, toleratesTokens: true, canCreate: true)
  static let parametrized = MappingRules(readsYAML: true, keepsText: false, toleratesTokens: false, canCreate: true)
}
