import ConnectorModel
import JSON
import Manifest

/// The places of a config that `spec.advanced_auth` names: what a consent by OAuth takes from there, and what it puts there.
package struct OAuthPlaces: Sendable {
  /// A value, and where it is in the config.
  package struct Place: Sendable {
    /// The name of the value in the OAuth specification.
    package let name: String
    /// The keys that lead to it in the config; empty if the specification names no place.
    package let path: [String]
    /// What the specification says of the value.
    package let node: ManifestNode

    /// The path for people, as in `credentials.refresh_token`.
    package var shownPath: String { path.joined(separator: ".") }
  }

  /// What the consent gives.
  package let outputs: [Place]
  /// What the user has entered before.
  package let inputs: [Place]
  /// What the registered application brings along, its id and its secret as a rule.
  package let client: [Place]
  /// The choice in the config that stands for OAuth, and its value; nil where there is none.
  package let predicate: (path: [String], value: String)?

  /// - Parameter auth: the node of `advanced_auth`.
  package init(_ auth: ManifestNode) {
    let specification = auth["oauth_config_specification"]
    func places(_ part: String) -> [Place] { Self.places(in: specification?[part]) }
    outputs = places("complete_oauth_output_specification")
    inputs = places("oauth_user_input_from_connector_config_specification")
    let output = places("complete_oauth_server_output_specification")
    let names = Set(output.map(\.name))
    client = output + places("complete_oauth_server_input_specification").filter { !names.contains($0.name) }
    let key = (auth["predicate_key"]?.sequence ?? []).compactMap(\.string)
    predicate = key.isEmpty ? nil : auth["predicate_value"]?.string.map { (key, $0) }
  }

  /// The properties of a schema, which may be the mapping of them itself.
  package static func places(in schema: ManifestNode?) -> [Place] {
    let properties = schema?["properties"]
    let entries = (properties?.isMapping == true ? properties : schema)?.entries ?? []
    return entries.filter { $0.node.isMapping }.map { name, node in
      Place(name: name, path: (node["path_in_connector_config"]?.sequence ?? []).compactMap(\.string), node: node)
    }
  }

  /// The value of a config at a path; nil if there is none, or it is empty.
  package static func value(in config: JSONObject, at path: [String]) -> JSONValue? {
    guard !path.isEmpty else { return nil }
    let value = path.reduce(Optional(JSONValue.object(config))) { $0?[$1] }
    return value == .null || value == .string("") ? nil : value
  }

  /// Whether the config chooses another way than OAuth.
  package func choosesOtherWay(_ config: JSONObject) -> Bool {
    guard let predicate, let value = Self.value(in: config, at: predicate.path) else { return false }
    return value != .string(predicate.value)
  }

  /// The tokens that a config lacks.
  package func missingTokens(in config: JSONObject) -> [Place] {
    outputs.filter { !$0.path.isEmpty && !$0.isAboutToken && Self.value(in: config, at: $0.path) == nil }
  }
}

extension OAuthPlaces.Place {
  /// Whether the value says something of a token, such as when it ends.
  package var isAboutToken: Bool { ["token_expiry_date", "expires_in", "expires_at", "token_type", "scope"].contains(name) }
}

extension Spec {
  /// What helps where a config lacks tokens that a consent by OAuth gives; nil if it lacks none.
  func signInRemedy(for config: JSONObject) -> Remedy? {
    guard let auth = node["advanced_auth"], auth["auth_flow_type"]?.string != "oauth1.0",
      auth["oauth_config_specification"]?["oauth_connector_input_specification"]?["consent_url"]?.string != nil
    else { return nil }
    let places = OAuthPlaces(auth)
    guard !places.choosesOtherWay(config) else { return nil }
    let missing = places.missingTokens(in: config).map { "`\($0.shownPath)`" }
    guard !missing.isEmpty else { return nil }
    return .advice("`airbyte-lowcode login` can obtain \(missing.joined(separator: " and "))")
  }

  /// An error of a run with a config, with what helps where tokens are missing.
  func advising(_ error: ConnectorError, about config: JSONObject) -> ConnectorError {
    guard error.diagnostic.remedy == nil else { return error }
    var error = error
    error.diagnostic.remedy = signInRemedy(for: config)
    return error
  }
}
