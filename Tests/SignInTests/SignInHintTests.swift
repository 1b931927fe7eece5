import ConnectorModel
import Engine
import JSON
import Manifest
import Testing

@testable import SignIn

/// What an error about a config says, as data, where `login` could help.
@Suite struct SignInHintTests {
  private static let consent =
    "oauth_connector_input_specification: {consent_url: https://example.com/, access_token_url: https://example.com/token}"

  private func auth(kind: String = "oauth2.0", consent: String = consent) -> String {
    """
      advanced_auth:
        auth_flow_type: \(kind)
        predicate_key: [login, kind]
        predicate_value: oauth
        oauth_config_specification:
          \(consent)
          complete_oauth_output_specification:
            refresh_token: {path_in_connector_config: [login, refresh]}
            access_token: {path_in_connector_config: [login, access]}
            token_expiry_date: {path_in_connector_config: [login, until]}
    """
  }

  /// The remedy of the error about a config that lacks something else as well.
  private func remedy(_ auth: String, _ config: JSONObject) async throws -> Remedy? {
    let manifest = try manifest(spec: auth, schema: "{type: object, required: [other], properties: {}}")
    var input = ConnectorInput()
    input.config = config
    let connector = try await Connector.prepare(manifest, input, runtime: runtime(ScriptedTransport()))
    do {
      try connector.spec().validate(config)
      Issue.record("the config fits")
      return nil
    } catch let error as ConnectorError {
      return error.diagnostic.remedy
    }
  }

  @Test(
    arguments: [
      (["login": [:]], "`airbyte-lowcode login` can obtain `login.refresh` and `login.access`"),
      (["login": ["refresh": "r", "access": ""]], "`airbyte-lowcode login` can obtain `login.access`"),
      (["login": ["kind": "oauth", "refresh": "r"]], "`airbyte-lowcode login` can obtain `login.access`"),
      (["login": ["kind": "token"]], nil), (["login": ["refresh": "r", "access": "a"]], nil),
    ] as [(JSONObject, String?)])
  func tokensThatAreMissingCanBeObtained(config: JSONObject, words: String?) async throws {
    #expect(try await remedy(auth(), config) == words.map { .advice($0) })
  }

  @Test func onlyWhereThereIsAConsent() async throws {
    #expect(try await remedy(auth(kind: "oauth1.0"), [:]) == nil)
    #expect(try await remedy(auth(consent: "complete_oauth_server_output_specification: {}"), [:]) == nil)
  }
}
