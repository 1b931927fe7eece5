import AirbyteProtocol
import Secrets

/// What a run leaves out of its streams because it cannot be read: the first few of a kind are shown in warnings, the others are
/// counted, and their number is shown when their stream is over.
package final class Omissions: Sendable {
  private static let shown = 5
  /// How many there were of each kind.
  private let counts = StreamNotes<[String: Int]>()

  package init() {}

  /// Counts one more thing that is left out of `stream`.
  /// - Parameters:
  ///   - what: what the last warning says of those that were not shown, behind their number.
  ///   - message: says what is wrong with this one.
  package func add(to stream: String, _ what: String, _ log: any Log, _ message: () -> String) {
    let count = counts.change(of: stream, from: [:]) { counts in
      counts[what, default: 0] += 1
      return counts[what, default: 0]
    }
    if count <= Self.shown { log.log(.warn, "Stream \(stream): \(message())") }
  }

  /// Says how many things there were beyond those that were shown, and begins anew.
  /// - Parameter stream: the stream that is over; nil where all of them are.
  package func report(of stream: String? = nil, to log: any Log) {
    for (stream, counts) in counts.take(of: stream) {
      for (what, count) in counts.sorted(by: { $0.key < $1.key }) where count > Self.shown {
        log.log(.warn, "Stream \(stream): \(count - Self.shown) more \(what)")
      }
    }
  }
}

/// Counts what one kind of decoder leaves out of one stream.
package struct OmissionLog: Sendable {
  private let stream: String
  private let what: String
  private let runtime: RuntimeEnvironment

  /// - Parameter what: as for ``Omissions/add(to:_:_:_:)``.
  package init(_ what: String, in scope: BuildScope) {
    stream = scope.streamName
    self.what = what
    runtime = scope.runtime
  }

  /// The beginning of what is left out.
  package func excerpt(of bytes: some Sequence<UInt8>) -> String { runtime.secrets.excerpt(of: bytes, upTo: 120) }

  package func add(_ message: () -> String) { runtime.omissions.add(to: stream, what, runtime.log, message) }
}
