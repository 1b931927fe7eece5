import AirbyteProtocol
import JSON
import JSONSchema

/// What the user's config looks like.
package struct Spec: Component {
  /// The JSON schema of the config.
  package let connectionSpecification: JSONObject
  private let documentationURL: String?
  private let advancedAuth: JSONObject?
  private let node: ManifestNode

  package init(from node: ComponentNode, in context: BuildContext) throws {
    self.node = node.node
    connectionSpecification = try node.required("connection_specification").value.object ?? [:]
    documentationURL = try node.optionalString("documentation_url")
    advancedAuth = node["advanced_auth"].map(Self.advancedAuth)
    if let rules = node["config_normalization_rules"] {
      throw ConnectorError.unsupported("config_normalization_rules", at: rules)
    }
  }

  /// The value of a SPEC message.
  package var message: JSONObject {
    var spec: JSONObject = ["connectionSpecification": .object(connectionSpecification)]
    spec["supportsNormalization"] = false
    spec["supportsDBT"] = false
    if let documentationURL { spec["documentationUrl"] = .string(documentationURL) }
    if let advancedAuth { spec["advanced_auth"] = .object(advancedAuth) }
    return spec
  }

  /// Checks the user's config against the specification.
  /// - Throws: ``ConnectorError``: a config error for a config that does not fit, a system error for a broken specification.
  package func validate(_ config: JSONObject) throws {
    let specification = JSONValue.object(connectionSpecification)
    let schema: JSONSchema
    do {
      schema = try JSONSchema(compiling: specification, dialect: Dialect(of: specification))
    } catch {
      throw ConnectorError(.system, "`connection_specification` is not a valid JSON schema: \(error)", at: node)
    }
    let given = config.filter { !Self.reservedKeys.contains($0.key) }
    guard let error = schema.pythonError(.object(given)) else { return }
    throw ConnectorError(.config, "Config validation error: \(error.pythonMessage)", internalMessage: error.description)
  }

  /// Keys that the platform adds to a config and that no specification knows.
  private static let reservedKeys: Set<String> = ["_limit", "_page_size"]

  /// The keys of the protocol's `advanced_auth`; what they hold is handed on as it is.
  private static func advancedAuth(_ node: ManifestNode) -> JSONObject {
    func members(_ node: ManifestNode, _ keys: [String]) -> JSONObject {
      var object: JSONObject = [:]
      for key in keys { if let value = node[key], !value.isNull { object[key] = value.value } }
      return object
    }
    var auth = members(node, ["auth_flow_type", "predicate_key", "predicate_value"])
    if let specification = node["oauth_config_specification"], !specification.isNull {
      auth["oauth_config_specification"] = .object(
        members(
          specification,
          [
            "oauth_user_input_from_connector_config_specification", "oauth_connector_input_specification",
            "complete_oauth_output_specification", "complete_oauth_server_input_specification",
            "complete_oauth_server_output_specification",
          ]))
    }
    return auth
  }
}
