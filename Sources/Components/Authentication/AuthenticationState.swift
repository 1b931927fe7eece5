import ConnectorModel
import JSON
import Synchronization

/// What the authenticators of one run share.
package final class AuthenticationState: SharedInRun {
  package static var dependsOnConfig: Bool { true }

  /// The config with the tokens that were renewed in this run.
  package let config: LiveConfig
  private let shared = Mutex<[String: any Sendable]>([:])

  package init(in run: RunScope) { config = LiveConfig(run.config, updates: run.updates) }

  /// What all authenticators with equal definitions share, made when it is first needed.
  package func shared<Value: Sendable>(by definition: String, _ make: () -> Value) -> Value {
    let key = "\(Value.self) \(definition)"
    return shared.withLock { known in
      if let value = known[key] as? Value { return value }
      let value = make()
      known[key] = value
      return value
    }
  }
}
