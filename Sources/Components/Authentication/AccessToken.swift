import AirbyteProtocol
import Concurrency
import ConnectorModel
import JSON
import Jinja
import PythonTime
import Secrets
import Synchronization

/// A token and when it ends, in microseconds since 1970-01-01T00:00:00Z.
struct AccessToken: Sendable, Equatable {
  /// As the token endpoint gave it, which may be something other than text.
  var value: JSONValue
  var expiry: Int64

  init(value: JSONValue, expiry: Int64) {
    self.value = value
    self.expiry = expiry
  }

  init(text: String, expiry: Int64) { self.init(value: .string(text), expiry: expiry) }

  var text: String { PythonStrings.str(value) }

  func hasExpired(at now: Int64) -> Bool { now > expiry }
}

/// Holds the tokens of one authenticator.
protocol TokenStore: Sendable {
  /// Runs `body` while nobody else renews tokens that are kept in the same place.
  func renewing<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result
  /// The token that was obtained last; nil if none was obtained yet.
  func accessToken() throws -> AccessToken?
  /// What the next refresh sends; null if there is nothing.
  func refreshToken() throws -> JSONValue
  /// Keeps the tokens of a refresh; no new `refreshToken` leaves the present one.
  func save(_ token: AccessToken, refreshToken: JSONValue?) async throws
}

/// Keeps the access token in memory; the refresh token stays what the manifest says.
final class MemoryTokenStore: TokenStore {
  private let token: Mutex<AccessToken?>
  private let refresh: @Sendable () throws -> JSONValue

  init(_ token: AccessToken?, refreshToken: @escaping @Sendable () throws -> JSONValue) {
    self.token = Mutex(token)
    refresh = refreshToken
  }

  func renewing<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result { try await body() }
  func accessToken() -> AccessToken? { token.withLock { $0 } }
  func refreshToken() throws -> JSONValue { try refresh() }
  func save(_ token: AccessToken, refreshToken: JSONValue?) { self.token.withLock { $0 = token } }
}

/// Keeps all tokens in the config: for refresh tokens that are good for one use only.
struct ConfigTokenStore: TokenStore {
  let config: LiveConfig
  let accessTokenPath: [String]
  let refreshTokenPath: [String]
  let expiryPath: [String]
  let secrets: any Secrets

  func renewing<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
    try await config.turnstile.pass(body)
  }

  /// - Throws: ``ConnectorError`` if the config's date of expiry is not a date.
  func accessToken() throws -> AccessToken? {
    let date = PythonStrings.str(config.value(at: expiryPath) ?? .string(""))
    guard !date.isEmpty else { return nil }
    guard let expiry = TokenExpiry.parse(date) else {
      throw ConnectorError(
        .config, "The config's `\(expiryPath.joined(separator: "."))` should be a date and time, such as 2025-01-31T12:00:00Z")
    }
    return AccessToken(value: config.value(at: accessTokenPath) ?? .string(""), expiry: expiry)
  }

  func refreshToken() -> JSONValue { config.value(at: refreshTokenPath) ?? .string("") }

  func save(_ token: AccessToken, refreshToken: JSONValue?) async throws {
    var changes = [(path: accessTokenPath, value: token.value)]
    if let refreshToken, refreshToken != .null {
      secrets.hidePassing(PythonStrings.str(refreshToken))
      changes.append((refreshTokenPath, refreshToken))
    }
    changes.append((expiryPath, .string(TokenExpiry.text(token.expiry))))
    await config.update(changes)
  }
}

/// The tokens of an OAuth definition, for all authenticators that share it.
struct TokenLogin: Sendable {
  let store: any TokenStore
  private let fetch = SharedFetch()

  init(store: any TokenStore) { self.store = store }

  /// The kept token if `usable` gives it back, else the one that `renew` gets and keeps, once for all who wait.
  func token(
    _ usable: (AccessToken) -> AccessToken?, renew: (any TokenStore) async throws -> AccessToken
  ) async throws -> AccessToken {
    func known() throws -> AccessToken? { try store.accessToken().flatMap(usable) }
    return try await fetch.value(known) {
      try await store.renewing { if let token = try known() { token } else { try await renew(store) } }
    }
  }
}
