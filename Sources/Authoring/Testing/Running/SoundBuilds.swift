import JSON
import Synchronization

/// Remembers with which configs all streams of a connector could be built, so that later runs build those alone that they read. A connector of
/// three hundred streams would otherwise build each of them in each of three hundred tests.
final class SoundBuilds: Sendable {
  private struct Circumstances: Hashable {
    let config: JSONObject
    /// In microseconds since the epoch: what a template makes of the time decides whether a stream can be built.
    let now: Int64
  }

  private let streams = Mutex<[Circumstances: Set<String>]>([:])

  /// Whether nothing is wrong with the streams that are not among some.
  /// - Parameter names: the streams that are wanted, all of which have to be known.
  func hold(beyond names: [String], config: JSONObject, now: Int64) -> Bool {
    guard !names.isEmpty, let known = streams.withLock({ $0[Circumstances(config: config, now: now)] }) else { return false }
    return known.isSuperset(of: names)
  }

  /// Notes that all streams could be built.
  func note(_ names: [String], config: JSONObject, now: Int64) {
    streams.withLock { $0[Circumstances(config: config, now: now)] = Set(names) }
  }
}
