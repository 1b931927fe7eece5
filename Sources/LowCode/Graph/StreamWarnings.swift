import Synchronization

/// Which warnings a run has given: each kind once for a stream, however many cursors, partitions and children it has.
package final class StreamWarnings: Sendable {
  package enum Kind: Sendable, Hashable {
    /// A parent stream, of this name, makes no partitions.
    case noPartitions(parent: String)
    /// The stream begins after its end, by its state or by the manifest.
    case beginsAfterEnd
    /// Windows are cut finer than dates are written, so that those that were read do not join.
    case fineGranularity
  }

  private struct Warning: Hashable {
    let kind: Kind
    let stream: String
  }

  private let given = Mutex<Set<Warning>>([])

  package init() {}

  /// Whether the warning was not given yet; it counts as given now.
  func isNew(_ kind: Kind, of stream: String) -> Bool {
    given.withLock { $0.insert(Warning(kind: kind, stream: stream)).inserted }
  }
}
