import JSON
import Synchronization

/// What the authenticators of one run share.
package final class AuthenticationState: Sendable {
  /// The config with the tokens that were renewed in this run.
  package let config: LiveConfig
  let sessionTokens = SessionTokenCache()
  private let rotating = Mutex<[String: RotatingTokens]>([:])

  package init(config: JSONObject, updates: (any ConfigUpdating)? = nil) {
    self.config = LiveConfig(config, updates: updates)
  }

  /// The tokens of a definition, made when they are first asked for.
  func rotatingTokens(_ definition: String, _ make: () -> RotatingTokens) -> RotatingTokens {
    rotating.withLock { known in
      if let tokens = known[definition] { return tokens }
      let tokens = make()
      known[definition] = tokens
      return tokens
    }
  }
}
