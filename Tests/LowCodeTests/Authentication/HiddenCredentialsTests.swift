import JSON
import Testing

@testable import Components
@testable import ConnectorModel

/// A template may compute a credential from secrets of the config, which are hidden as they stand there only.
@Suite struct HiddenCredentialsTests {
  private static let option = #""inject_into": {"type": "RequestOption", "inject_into": "PLACE", "field_name": "k"}"#

  @Test(arguments: [
    (#"{"type": "BearerAuthenticator", "api_token": "{{ config['secret'] ~ config['id'] }}"}"#, ["s&cme"]),
    (#"{"type": "ApiKeyAuthenticator", "api_token": "{{ config['secret'] * 2 }}", \#(option)}"#, ["s&cs&c"]),
    (
      #"{"type": "BasicHttpAuthenticator", "username": "u", "password": "{{ config['secret'] ~ 'x' }}"}"#,
      ["s&cx", "dTpzJmN4", "u:s&cx"]
    ),
    (#"{"type": "ApiKeyAuthenticator", "api_token": "v2", \#(option)}"#, []),
  ])
  func whatARequestCarriesIsHidden(authenticator: String, expected: [String]) async throws {
    for place in authenticator.contains("PLACE") ? ["header", "request_parameter", "body_data", "body_json"] : [""] {
      let world = TestWorld([.status(200, "{}")])
      let requester: HttpRequester = try world.scope().build(
        world.node(
          #"""
          {"type": "HttpRequester", "url": "https://api.test/", "http_method": "POST",
           "authenticator": \#(authenticator.replacing("PLACE", with: place))}
          """#))
      _ = try await requester.send(StreamSlice(), token: nil, path: nil, adding: RequestParts())
      for secret in expected { #expect(world.masked(secret) == "****") }
      #expect(world.masked("v2") == "v2")
    }
  }

  @Test func anAuthorizationAmongTheHeadersIsHidden() async throws {
    let world = TestWorld([.status(200, "{}")])
    let requester: HttpRequester = try world.scope().build(
      world.node(
        #"""
        {"type": "HttpRequester", "url": "https://api.test/",
         "request_headers": {"authorization": "Token {{ config['secret'] * 2 }}", "X-Version": "2024-01-01"}}
        """#))
    _ = try await requester.send(StreamSlice(), token: nil, path: nil, adding: RequestParts())
    #expect(world.secrets.contains("Token s&cs&c"))
    #expect(world.masked("s&cs&c for 2024-01-01") == "**** for 2024-01-01")
  }

  @Test func whatATokenIsAskedForWithIsHidden() async throws {
    let world = TestWorld([.status(200, #"{"access_token": "t1-access"}"#)])
    let authenticator = try world.authenticator(
      #"""
      {"type": "OAuthAuthenticator", "token_refresh_endpoint": "https://api.test/token", "client_id": "me",
       "client_secret": "{{ config['secret'] * 2 }}", "refresh_token": "{{ config['refresh'] * 2 }}"}
      """#)
    _ = try await authenticator.credentials()
    #expect(Set(["s&cs&c", "r 1r 1", "t1-access"]).isSubset(of: world.secrets))
  }
}
