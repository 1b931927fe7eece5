import AirbyteProtocol
import Synchronization

/// Which warnings a run has given: each kind once for a stream, however many cursors, partitions and children it has.
package final class StreamWarnings: Sendable {
  package enum Kind: Sendable, Hashable {
    /// A parent stream, of this name, makes no partitions.
    case noPartitions(parent: String)
    /// Its state ends before what the API still has.
    case outdatedState
    /// Its record filter is not used.
    case unusedFilter
    /// The stream begins after its end, by its state or by the manifest.
    case beginsAfterEnd
    /// Windows are cut finer than dates are written, so that those that were read do not join.
    case fineGranularity
    /// The read ended with a page that has fewer records than were asked for, though the API has more.
    case shortFirstPage
    /// The first page came twice.
    case equalFirstPages
    /// Most records are older than what was asked for.
    case earlyRecords
    /// A partition came again.
    case samePartition
    /// Partitions are too many for a state of each.
    case globalCursor
  }

  private struct Warning: Hashable {
    let kind: Kind
    let stream: String
  }

  private let given = Mutex<Set<Warning>>([])
  /// Warnings that wait for the end of their stream.
  private let waiting = StreamNotes<[(level: LogLevel, message: String)]>()

  package init() {}

  /// Whether the warning was not given yet; it counts as given now.
  package func isNew(_ kind: Kind, of stream: String) -> Bool {
    given.withLock { $0.insert(Warning(kind: kind, stream: stream)).inserted }
  }

  /// Keeps a warning until its stream is over. Cursors warn like this: a state is written while their lock is held, so that to write
  /// while it is held could never end.
  package func keep(_ kind: Kind, of stream: String, _ level: LogLevel = .warn, _ message: () -> String) {
    guard isNew(kind, of: stream) else { return }
    let message = message()
    waiting.change(of: stream, from: []) { $0.append((level, message)) }
  }

  /// Gives the warnings that were kept.
  /// - Parameter stream: the stream that is over; nil where all of them are.
  package func report(of stream: String? = nil, to log: any Log) {
    for (name, messages) in waiting.take(of: stream) {
      for (level, message) in messages { log.log(level, "Stream \(name): \(message)") }
    }
  }
}
