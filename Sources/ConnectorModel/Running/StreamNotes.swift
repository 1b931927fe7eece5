import JSON
import Synchronization

/// What a run notes of its streams, each until it is over.
final class StreamNotes<Notes: Sendable>: Sendable {
  private let notes = Mutex<ByName<Notes>>([:])

  /// Changes the notes of a stream; `none` are those of one that has none yet.
  func change<Result: Sendable>(of stream: String, from none: Notes, _ body: (inout Notes) -> Result) -> Result {
    notes.withLock { body(&$0[stream, default: none]) }
  }

  /// The notes of streams in the order of their names, which are forgotten.
  /// - Parameter stream: the stream that is over; nil where all of them are.
  func take(of stream: String?) -> [(stream: String, notes: Notes)] {
    let over = notes.withLock { notes -> ByName<Notes> in
      guard let stream else {
        defer { notes = [:] }
        return notes
      }
      return notes.removeValue(forKey: stream).map { [stream: $0] } ?? [:]
    }
    return over.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
