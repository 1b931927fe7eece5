import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Secrets
import Templating
import YAML

/// The requester's own part of a request: its parameters, headers and body, with their templates.
struct InterpolatedRequestOptions: Sendable {
  /// A place that takes a mapping or a template for one.
  private enum Input: Sendable {
    case none
    case text(InterpolatedString)
    case mapping(InterpolatedMapping)
    case nested(InterpolatedNestedMapping)
    /// A mapping whose values are needed as text.
    case texts(InterpolatedMapping)

    func evaluate(_ context: EvaluationContext) throws -> JSONValue {
      switch self {
      case .none: return .object([:])
      case .text(let text): return JSONValue(try text.evaluate(context))
      case .mapping(let mapping): return .object(try mapping.evaluate(context).filter { $0.value != .null })
      case .nested(let mapping): return .object(try mapping.evaluate(context))
      case .texts(let mapping): return .object(try mapping.texts(context))
      }
    }
  }

  /// The properties that it is made of.
  static let properties = [
    "request_parameters", "request_headers", "request_body_data", "request_body_json", "request_body",
  ]

  private let parameters: Input
  private let headers: Input
  private let bodyData: Input
  private let bodyJSON: Input
  private let mark: SourceMark?
  /// The parameter that takes the properties of a request.
  private let queryPropertiesKey: String?

  init(from node: ComponentNode) throws {
    let scope = node.parameters
    func flat(_ node: ManifestNode?, values: ValidTypes = .any) throws -> Input {
      guard let node, node.mapping?.isEmpty != true else { return .none }
      if let text = node.string {
        return text.isEmpty ? .none : .text(InterpolatedString(text, parameters: scope, default: "", mark: node.mark))
      }
      return .mapping(try InterpolatedMapping(node, parameters: scope, values: values))
    }
    func nested(_ node: ManifestNode?) throws -> Input {
      guard let node, node.mapping?.isEmpty != true else { return .none }
      if let text = node.string {
        return text.isEmpty ? .none : .text(InterpolatedString(text, parameters: scope, default: "", mark: node.mark))
      }
      return .nested(try InterpolatedNestedMapping(node, parameters: scope))
    }
    let given = node["request_parameters"]
    queryPropertiesKey = given?.mapping?.first { QueryProperties.isQueryProperties($0.value) }?.key
    parameters = try flat(
      queryPropertiesKey == nil ? given : given.map { Self.without($0) { QueryProperties.isQueryProperties($0.value) } },
      values: .field)
    let header = try flat(node["request_headers"], values: .header)
    headers = if case .mapping(let mapping) = header { .texts(mapping) } else { header }
    mark = node.mark

    var dataNode = node["request_body_data"]
    var jsonNode = node["request_body_json"]
    if let body = node["request_body"], let value = body["value"] {
      switch body["type"]?.string {
      case "RequestBodyUrlEncodedForm", "RequestBodyPlainText": dataNode = value
      case "RequestBodyGraphQL": jsonNode = Self.withoutType(value)
      case "RequestBodyJsonObject": jsonNode = value
      default: throw ConnectorError(.system, "`\(body["type"]?.string ?? "")` is not a request body", at: body)
      }
    }
    bodyData = try flat(dataNode, values: .field)
    bodyJSON = try nested(jsonNode)
    if case .none = bodyData {
    } else if case .none = bodyJSON {
    } else {
      throw ConnectorError(.system, "A requester takes `request_body_data` or `request_body_json`, not both", at: node.node)
    }
  }

  /// A GraphQL body without what the manifest's types added to it.
  private static func withoutType(_ node: ManifestNode) -> ManifestNode {
    without(node) { $0.key == "type" || $0.key == "$parameters" || $0.value.isNull }
  }

  private static func without(_ node: ManifestNode, _ isLeftOut: (ManifestNode.Mapping.Element) -> Bool) -> ManifestNode {
    guard let mapping = node.mapping else { return node }
    return ManifestNode(
      .mapping(mapping.filter { !isLeftOut($0) }), mark: node.mark, reference: node.referenceMark, path: node.path)
  }

  /// The properties of the request, which the retriever put into its slice.
  private static func properties(_ context: EvaluationContext, _ mark: SourceMark?) throws -> String {
    guard case .array(let names)? = context.value(of: .queryProperties).map({ JSONValue($0) }) else {
      throw ConnectorError(.system, "Query properties work with a `SimpleRetriever` only", at: mark)
    }
    return names.map(PythonStrings.str).joined(separator: ",")
  }

  func parts(_ context: EvaluationContext) throws -> RequestParts {
    var parts = RequestParts()
    // As in the reference, what is neither a mapping nor a text counts as nothing, and a text is a body only.
    if case .object(let object) = try parameters.evaluate(context) {
      parts.parameters = object
      if let queryPropertiesKey {
        parts.parameters[queryPropertiesKey] = .string(try Self.properties(context, mark))
        parts.lastingParameters = [queryPropertiesKey]
      }
    }
    switch try headers.evaluate(context) {
    case .object(let object): parts.headers = object.filter { $0.value != .null }
    case .string: throw ConnectorError(.system, "`request_headers` should give a mapping, not a text", at: mark)
    default: break
    }
    switch try bodyData.evaluate(context) {
    case .object(let object): parts.bodyData = .object(object)
    case .string(let text): parts.bodyData = text.isEmpty ? .object([:]) : .string(text)
    default: break
    }
    switch try bodyJSON.evaluate(context) {
    case .object(let object): parts.bodyJSON = object
    case .string: throw ConnectorError(.system, "`request_body_json` should give an object, not a text", at: mark)
    default: break
    }
    return parts
  }
}

extension Symbol {
  static let queryProperties = Symbol(QueryProperties.field)
}
