import AirbyteProtocol
import Components
import ConnectorModel
import JSON
import JSONSchema
import Manifest
import Secrets

/// What the user's config looks like.
package struct Spec: Component {
  /// The JSON schema of the config.
  package let connectionSpecification: JSONObject
  private let documentationURL: String?
  /// A failure is reported only by the SPEC message, as in the reference.
  private let advancedAuth: Result<JSONObject, ConnectorError>?
  let node: ManifestNode
  /// What is done with the config first; nil if nothing is.
  private let rules: Result<ConfigNormalization, ConnectorError>?

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    self.node = node.node
    connectionSpecification = try node.required("connection_specification").value.object ?? [:]
    documentationURL = try node.optionalString("documentation_url")
    advancedAuth = node["advanced_auth"].map(Self.advancedAuth)
    rules = try node["config_normalization_rules"].map { rules in
      do {
        return .success(try ConfigNormalization(rules, in: scope))
      } catch let error as ConnectorError where error.isUnsupported {
        // The specification itself is available anyway.
        return .failure(error)
      }
    }
  }

  /// What is done with the user's config before anything uses it; nil if nothing is.
  /// - Throws: ``ConnectorError`` if that needs a component that this version does not have.
  func normalization() throws -> ConfigNormalization? { try rules?.get() }

  /// The value of a SPEC message.
  /// - Throws: ``ConnectorError`` if the manifest does not say which kind of OAuth it uses.
  package func message() throws(ConnectorError) -> JSONObject {
    var spec: JSONObject = ["connectionSpecification": Self.withoutNulls(.object(connectionSpecification))]
    spec["supportsNormalization"] = false
    spec["supportsDBT"] = false
    if let documentationURL { spec["documentationUrl"] = .string(documentationURL) }
    if let advancedAuth { spec["advanced_auth"] = .object(try advancedAuth.get()) }
    return spec
  }

  /// The names that the specification gives to parts of a config, those of its alternatives too; nil if it lists none.
  var declaredProperties: Set<String>? { Self.declaredProperties(.object(connectionSpecification), depth: 0) }

  private static let deepestBranching = 64

  private static func declaredProperties(_ schema: JSONValue, depth: Int) -> Set<String>? {
    guard depth < deepestBranching else { return nil }
    var names: Set<String>?
    if let properties = schema["properties"]?.object { names = Set(properties.keys) }
    for branch in ["allOf", "anyOf", "oneOf"].flatMap({ schema[$0]?.array ?? [] }) {
      if let inner = declaredProperties(branch, depth: depth + 1) { names = (names ?? []).union(inner) }
    }
    return names
  }

  /// Checks the user's config against the specification.
  /// - Throws: ``ConnectorError``: a config error for a config that does not fit, a system error for a broken specification.
  package func validate(_ config: JSONObject) throws {
    do {
      try Self.validate(config, against: connectionSpecification, at: node)
    } catch let error as ConnectorError where error.failureType == .config {
      throw advising(error, about: config)
    }
  }

  /// Checks a config against the specification of any source.
  /// - Parameter node: where the manifest has the specification, if it has one.
  /// - Throws: as ``validate(_:)``.
  package static func validate(_ config: JSONObject, against specification: JSONObject, at node: ManifestNode? = nil) throws {
    let specification = JSONValue.object(specification)
    let schema: JSONSchema
    do {
      schema = try JSONSchema(compiling: specification, dialect: Dialect(of: specification))
    } catch {
      // Nobody knows which parts of the config are secrets, and the specification may quote them.
      let mask = ConcealedConfig(config, specification: nil).mask
      let sentence = "is not a valid JSON schema: \(mask.masked("\(error)"))"
      if let node { throw ConnectorError(.system, "`connection_specification` \(sentence)", at: node) }
      throw ConnectorError(.system, "The source's `connectionSpecification` \(sentence)")
    }
    let value = JSONValue.object(withoutReservedKeys(config))
    guard let error = schema.pythonError(value) else { return }
    let names = ConcealedConfig.properties(of: specification)
    let mistakes = schema.validate(value).map { ConfigMistake($0, specification: specification) }
    var sentences = mistakes.prefix(shownMistakes).map { mistake in
      let place = mistake.path.shown(naming: names)
      return place.isEmpty ? mistake.sentence : "`\(place)`: \(mistake.sentence)"
    }
    if mistakes.count > sentences.count { sentences.append("\(mistakes.count - sentences.count) more") }
    // The sentence of the reference, which may quote any part of the config.
    let concealed = ConcealedConfig(config, specification: specification)
    throw ConnectorError(
      .config, "Config validation error: \(sentences.joined(separator: "; "))",
      internalMessage: concealed.exceedsMask ? nil : concealed.mask.masked(error.pythonMessage))
  }

  /// How many mistakes of a config are listed.
  private static let shownMistakes = 5

  /// A config without the keys that the platform adds to it and that no specification knows.
  package static func withoutReservedKeys(_ config: JSONObject) -> JSONObject {
    config.filter { !["_limit", "_page_size"].contains($0.key) }
  }

  /// The members that the protocol has; others are left out, as in the reference.
  private static func advancedAuth(_ node: ManifestNode) -> Result<JSONObject, ConnectorError> {
    guard node["auth_flow_type"]?.isNull == false else {
      return .failure(
        ConnectorError(.system, "`advanced_auth` needs its `auth_flow_type`", at: node, cause: .missing(["auth_flow_type"])))
    }
    var auth = members(node, ["auth_flow_type", "predicate_key", "predicate_value"])
    guard let specification = node["oauth_config_specification"], !specification.isNull else {
      return .success(auth)
    }
    var oauth = members(specification, ["oauth_user_input_from_connector_config_specification"])
    if let input = specification["oauth_connector_input_specification"], !input.isNull {
      var inputMembers = members(input, connectorInputKeys)
      if inputMembers["scopes_join_strategy"] == nil { inputMembers["scopes_join_strategy"] = "space" }
      if let state = input["state"], !state.isNull { inputMembers["state"] = .object(members(state, ["min", "max"])) }
      oauth["oauth_connector_input_specification"] = .object(inputMembers)
    }
    oauth.merge(
      members(
        specification,
        [
          "complete_oauth_output_specification", "complete_oauth_server_input_specification",
          "complete_oauth_server_output_specification",
        ])
    ) { $1 }
    auth["oauth_config_specification"] = .object(oauth)
    return .success(auth)
  }

  private static func members(_ node: ManifestNode, _ keys: [String]) -> JSONObject {
    var object: JSONObject = [:]
    for key in keys { if let value = node[key], !value.isNull { object[key] = withoutNulls(value.value) } }
    return object
  }

  /// As the reference writes objects of any shape: nulls at their top level are left out.
  private static func withoutNulls(_ value: JSONValue) -> JSONValue {
    guard case .object(let object) = value else { return value }
    return .object(object.filter { !$0.value.isNull })
  }

  private static let connectorInputKeys = [
    "consent_url", "access_token_url", "scope", "scopes", "optional_scopes", "scopes_join_strategy", "access_token_headers",
    "access_token_params", "extract_output", "state", "client_id_key", "client_secret_key", "scope_key", "state_key",
    "auth_code_key", "redirect_uri_key", "token_expiry_key",
  ]
}
