import Components
import ConnectorModel
import Engine
import HTTP
import JSON
import Manifest
import Secrets

extension SignInRun {
  /// Gets new tokens for a refresh token.
  /// - Parameters:
  ///   - renewal: how the manifest's authenticator does that; nil where it has none that does.
  ///   - tokenEndpoint: where tokens come from without one; nil for the manifest's `access_token_url`.
  /// - Returns: the answer of the token endpoint.
  /// - Throws: ``ConnectorError`` that says why there are no tokens.
  package func refresh(_ token: String, by renewal: TokenRenewal?, tokenEndpoint: String?) async throws -> JSONObject {
    runtime.secrets.hide(token)
    do {
      let exchange = TokenExchange(runtime: runtime, patience: timeout)
      guard let renewal else {
        let grant: JSONObject = ["grant_type": "refresh_token", "refresh_token": .string(token)]
        return hidden(try await exchange.send(try declaration.plainRequest(inputs, to: tokenEndpoint, grant: grant)))
      }
      let request = try renewal.request(refreshToken: token)
      return hidden(try renewal.named(hidden(try await exchange.send(request))))
    } catch let refusal as TokenExchange.Refusal {
      guard refusal.name == "invalid_grant" else { throw refusal.error }
      var error = refusal.error
      error.diagnostic.remedy = "the refresh token is not good any more: run `login` without `--refresh`"
      throw error
    }
  }

  /// How a manifest's authenticator renews tokens.
  /// - Parameters:
  ///   - config: with the client's credentials in it.
  ///   - endpoint: where tokens come from, instead of what the manifest says.
  /// - Returns: nil if the manifest has no `OAuthAuthenticator` with a refresh token.
  /// - Throws: ``ConnectorError`` if it has one that cannot be used.
  package static func renewal(
    of manifest: Manifest, config: JSONObject, endpoint: String?, runtime: RuntimeEnvironment
  ) throws -> TokenRenewal? {
    let scope = BuildScope(config: config, runtime: runtime, registry: .standard)
    for node in ConsentDeclaration.authenticators(of: manifest)
    where node["token_refresh_endpoint"] != nil && (node["refresh_token"] != nil || node["refresh_token_updater"] != nil) {
      if let renewal = try TokenRenewal(node, endpoint: endpoint, in: scope) { return renewal }
    }
    return nil
  }
}
