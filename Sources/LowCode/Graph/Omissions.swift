import AirbyteProtocol
import Synchronization

/// What a run leaves out of its streams because it cannot be read: the first few of a kind are shown in warnings, the others are
/// counted, and their number is shown when their stream is over.
package final class Omissions: Sendable {
  /// Things of one kind, in one stream.
  private struct Kind: Hashable {
    let stream: String
    let what: String
  }

  private static let shown = 5
  private let counts = Mutex<[Kind: Int]>([:])

  package init() {}

  /// Counts one more thing that is left out of `stream`.
  /// - Parameters:
  ///   - what: what the last warning says of those that were not shown, behind their number.
  ///   - message: says what is wrong with this one.
  func add(to stream: String, _ what: String, _ log: any LogSink, _ message: () -> String) {
    let count = counts.withLock { counts in
      counts[Kind(stream: stream, what: what), default: 0] += 1
      return counts[Kind(stream: stream, what: what), default: 0]
    }
    if count <= Self.shown { log.log(.warn, "Stream \(stream): \(message())") }
  }

  /// Says how many things there were beyond those that were shown, and starts again.
  /// - Parameter stream: the stream that is over; nil if all of them are.
  func report(of stream: String? = nil, to log: any LogSink) {
    let over = counts.withLock { counts in
      let over = counts.filter { stream == nil || $0.key.stream == stream }
      for kind in over.keys { counts[kind] = nil }
      return over.filter { $0.value > Self.shown }
    }
    for (kind, count) in over.sorted(by: { ($0.key.stream, $0.key.what) < ($1.key.stream, $1.key.what) }) {
      log.log(.warn, "Stream \(kind.stream): \(count - Self.shown) more \(kind.what)")
    }
  }
}

/// Counts what one kind of decoder leaves out of one stream.
struct OmissionLog: Sendable {
  private let stream: String
  private let what: String
  private let runtime: RuntimeEnvironment

  /// - Parameter what: as for ``Omissions/add(to:_:_:_:)``.
  init(_ what: String, in scope: BuildScope) {
    stream = scope.streamName
    self.what = what
    runtime = scope.runtime
  }

  /// The beginning of what is left out.
  func excerpt(of bytes: some Sequence<UInt8>) -> String { runtime.secrets.excerpt(of: bytes, upTo: 120) }

  func add(_ message: () -> String) { runtime.omissions.add(to: stream, what, runtime.log, message) }
}
