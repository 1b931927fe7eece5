import AirbyteProtocol
import JSON
import Synchronization
import Testing

@testable import Components
@testable import ConnectorModel
@testable import Secrets

/// Keeps what a component made of the config.
private final class Updates: ConfigUpdating {
  private let seen = Mutex<[JSONObject]>([])
  var configs: [JSONObject] { seen.withLock { $0 } }
  func configChanged(_ config: JSONObject) async { seen.withLock { $0.append(config) } }
}

@Suite struct SingleUseTokenTests {
  private let path = ["credentials", "access_token"]

  private func store(_ config: JSONObject, _ updates: Updates, _ secrets: any Secrets) -> ConfigTokenStore {
    ConfigTokenStore(
      config: LiveConfig(config, updates: updates), accessTokenPath: path, refreshTokenPath: ["credentials", "refresh_token"],
      expiryPath: ["credentials", "token_expiry_date"], secrets: secrets)
  }

  @Test func keepsTokensInTheConfig() async throws {
    let updates = Updates()
    let world = TestWorld([])
    let store = store(["credentials": ["refresh_token": "r1"], "other": 1], updates, world)
    #expect(try store.accessToken() == nil)
    #expect(store.refreshToken() == "r1")
    try await store.save(AccessToken(text: "t1", expiry: TestWorld.start + 500_000), refreshToken: "r2")
    #expect(
      updates.configs == [
        [
          "credentials": ["refresh_token": "r2", "access_token": "t1", "token_expiry_date": "2025-03-01T12:00:00.500000+00:00"],
          "other": 1,
        ]
      ])
    #expect(try store.accessToken() == AccessToken(text: "t1", expiry: TestWorld.start + 500_000))
    #expect(world.secrets == ["r2"])
  }

  @Test func keepsTheRefreshTokenWhereThereIsNoNewOne() async throws {
    let store = store(["credentials": ["refresh_token": "r1"]], Updates(), TestWorld([]))
    try await store.save(AccessToken(text: "t1", expiry: TestWorld.start), refreshToken: nil)
    #expect(store.refreshToken() == "r1")
  }

  @Test func refusesAnExpiryThatIsNoDate() {
    let store = store(["credentials": ["token_expiry_date": "soon"]], Updates(), TestWorld([]))
    #expect(throws: ConnectorError.self) { try store.accessToken() }
  }

  @Test func sendsTheConfigsOwnCredentials() async throws {
    let world = TestWorld([.status(200, #"{"access_token": "t1", "refresh_token": "r2", "expires_in": 60}"#)])
    let manifest = #"""
      {"type": "OAuthAuthenticator", "token_refresh_endpoint": "https://a.test/token", "client_id": "no",
       "client_secret": "known",
       "refresh_token": "no", "refresh_token_updater": {}}
      """#
    let config = #"{"credentials": {"client_id": "yes", "refresh_token": "r1"}}"#
    #expect(try await world.authenticator(manifest, config: config).headers() == ["Authorization": "Bearer t1"])
    #expect(
      world.transport.lines == [
        "POST https://a.test/token grant_type=refresh_token&client_id=yes&client_secret=known&refresh_token=r1"
      ])
  }

  @Test func usesTheConfigsTokenUntilItEnds() async throws {
    let world = TestWorld([.status(200, #"{"access_token": "t2", "expires_in": 60}"#)])
    let manifest = #"""
      {"type": "OAuthAuthenticator", "token_refresh_endpoint": "https://a.test/token", "client_id": "a", "client_secret": "b",
       "refresh_token_updater": {"access_token_config_path": ["t"], "refresh_token_config_path": ["r"],
       "token_expiry_date_config_path": ["e"]}}
      """#
    let config = #"{"t": "t1", "r": "r1", "e": "2025-03-01T12:00:10Z"}"#
    let authenticator = try world.authenticator(manifest, config: config)
    #expect(try await authenticator.headers() == ["Authorization": "Bearer t1"])
    world.pass(seconds: 11)
    #expect(try await authenticator.headers() == ["Authorization": "Bearer t2"])
  }
}
