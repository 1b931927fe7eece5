import Concurrency
import JSON
import Synchronization

/// Takes the config each time a component has changed it, so that the next run begins with what is valid then.
package protocol ConfigUpdating: Sendable {
  /// `config` is the whole config with the change; a run reports it to the platform in a CONTROL message, and keeps it where it
  /// came from.
  func configChanged(_ config: JSONObject) async
}

/// The config as components change it while a connector runs: tokens that are good for one use only.
package final class LiveConfig: Sendable {
  private let values: Mutex<JSONObject>
  private let updates: (any ConfigUpdating)?
  /// One refresh at a time over all components, as they may share a refresh token.
  package let turnstile = AsyncMutex()

  package init(_ config: JSONObject, updates: (any ConfigUpdating)? = nil) {
    values = Mutex(config)
    self.updates = updates
  }

  /// The whole config as it is now.
  package var current: JSONObject { values.withLock { $0 } }

  /// The value at `path`, a key of an object or the place in a list each; nil if there is none.
  package func value(at path: [String]) -> JSONValue? {
    var value = JSONValue.object(current)
    for key in path {
      switch value {
      case .object(let members):
        guard let member = members[key] else { return nil }
        value = member
      case .array(let elements):
        guard let index = Int(key), elements.indices.contains(index) else { return nil }
        value = elements[index]
      default: return nil
      }
    }
    return value
  }

  /// Sets values, makes the objects on the way, and reports the change.
  package func update(_ changes: [(path: [String], value: JSONValue)]) async {
    let config = values.withLock { config in
      for change in changes { Self.set(change.value, at: change.path[...], in: &config) }
      return config
    }
    await updates?.configChanged(config)
  }

  private static func set(_ value: JSONValue, at path: ArraySlice<String>, in object: inout JSONObject) {
    guard let key = path.first else { return }
    guard path.count > 1 else {
      object[key] = value
      return
    }
    var inner: JSONObject = if case .object(let present)? = object[key] { present } else { [:] }
    set(value, at: path.dropFirst(), in: &inner)
    object[key] = .object(inner)
  }
}
