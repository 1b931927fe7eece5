import ConnectorModel
import JSON
import Manifest

/// How an `OAuthAuthenticator` renews tokens with a refresh token, for whoever does that outside of a read.
package struct TokenRenewal: Sendable {
  private let authenticator: OAuthAuthenticator

  /// - Parameter endpoint: where tokens come from, instead of what the manifest says.
  /// - Returns: nil for an authenticator that gets its tokens in another way.
  /// - Throws: ``ConnectorError`` if the authenticator cannot be built.
  package init?(_ node: ManifestNode, endpoint: String? = nil, in scope: BuildScope) throws {
    var node = node
    if let endpoint, var members = node.value.object {
      members["token_refresh_endpoint"] = .string(endpoint)
      node = ManifestNode(ManifestValue(json: .object(members)))
    }
    authenticator = try scope.build(node, as: OAuthAuthenticator.self)
    guard authenticator.request.hasEndpoint, try authenticator.request.evaluatedGrantType() == "refresh_token" else { return nil }
  }

  /// The request that a read would make.
  /// - Throws: ``ConnectorError`` if the manifest's templates do not give what it needs.
  package func request(refreshToken: String) throws -> HTTPRequest {
    try authenticator.request.request(refreshToken: .string(refreshToken))
  }

  /// An answer with its tokens under the names that RFC 6749 gives them, whatever the manifest and the API call them.
  /// - Throws: ``ConnectorError`` if it is nested too deep.
  package func named(_ answer: JSONObject) throws -> JSONObject {
    let names = try authenticator.answerNames()
    let response = try TokenResponse(body: JSONDocument(parsing: Array(JSONValue.object(answer).jsonText.utf8)).root)
    var named = answer
    for (usual, name) in [
      ("access_token", names.accessToken), ("refresh_token", names.refreshToken),
      (names.expiresAtMoment ? "token_expiry_date" : "expires_in", names.expiry),
    ] {
      if let value = try response.value(of: name)?.value { named[usual] = value }
    }
    // What names the moment does not name seconds.
    if names.expiresAtMoment { named["expires_in"] = nil }
    return named
  }
}
