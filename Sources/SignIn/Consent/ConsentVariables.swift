import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Jinja
import Manifest

/// What a consent is given: the registered application, and what the user entered.
package struct ConsentInputs: Sendable {
  package var clientID: String
  /// Nil for an application that has none.
  package var clientSecret: String?
  /// What the manifest takes from the config, by its name in the OAuth specification.
  package var user: JSONObject

  package init(clientID: String, clientSecret: String? = nil, user: JSONObject = [:]) {
    (self.clientID, self.clientSecret, self.user) = (clientID, clientSecret, user)
  }
}

/// What one consent has of its own.
package struct ConsentTicket: Sendable {
  /// Where the browser is sent back to.
  package let redirectURI: String
  package let state: String
  /// Nil where the manifest has its own, or the API is not to get one.
  package let proof: ProofKey?
}

extension ConsentDeclaration {
  /// What templates read.
  /// - Parameters:
  ///   - code: what the consent gave; nil before it.
  ///   - withSecret: whether the secret of the application is among them. The address that a browser opens never has it.
  func variables(
    _ inputs: ConsentInputs, redirectURI: String, state: String?, code: String? = nil, withSecret: Bool
  ) -> [String: JSONValue] {
    var values: [String: JSONValue] = [:]
    for (name, value) in inputs.user { values[name] = value }
    for (name, value) in constants { values[name] = value }
    if !withSecret { values[clientSecretName] = nil }
    let parts: [(name: String, value: String?, isEncoded: Bool)] = [
      ("client_id", inputs.clientID, false), ("client_secret", withSecret ? inputs.clientSecret : nil, false),
      ("auth_code", code, false), ("state", state, false), ("redirect_uri", redirectURI, true), ("scope", scope, true),
    ]
    for (part, value, isEncoded) in parts {
      let key = key("\(part)_key")
      values["\(part)_key"] = .string(key)
      values[key] = .string(value ?? "")
      values["\(part)_value"] = .string(value ?? "")
      // Nothing is better than a parameter without a value, which some APIs refuse.
      values["\(part)_param"] = .string(value.map { "\(key)=\(isEncoded ? ConsentFilters.encoded($0) : $0)" } ?? "")
    }
    for ending in ["value", "param"] { values["scopes_\(ending)"] = values["scope_\(ending)"] }
    if values["scopes"] == nil { values["scopes"] = values["scope_value"] }
    if let optionalScope {
      values["optional_scopes"] = .string(optionalScope)
      values["optional_scopes_value"] = .string(optionalScope)
      values["optional_scopes_param"] = .string("optional_scopes=\(ConsentFilters.encoded(optionalScope))")
    }
    return values
  }
}

extension ConsentDeclaration.Text {
  /// What the template gives.
  /// - Throws: ``ConnectorError`` with its place if it is none.
  func render(_ variables: [String: JSONValue], _ what: String) throws(ConnectorError) -> String {
    do throws(TemplateError) {
      return try template.render(variables)
    } catch {
      let message = "The template of `\(what)` cannot be evaluated: \(error)"
      throw node.map { ConnectorError(.config, message, at: $0) } ?? ConnectorError(.config, message)
    }
  }
}
