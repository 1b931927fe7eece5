import AirbyteProtocol
import ConnectorModel
import JSON

/// What recordings of this program hold beside what the format has a place for: fields whose names begin with `_`.
package enum RecordingNotes {
  /// Of the log: what the clock showed first, in microseconds; where chance began; the command.
  package static let clock = "_clock"
  package static let seed = "_seed"
  package static let command = "_command"
  /// Of the log, and of an entry: waits that ended since the entry before, as lists of number, time and order; without a time where the
  /// wait was given up.
  package static let waits = "_waits"
  /// Of an entry: the number of the request, counted as they began; when it was let in, in microseconds, and as which.
  package static let number = "_request"
  package static let time = "_clock"
  package static let order = "_order"
  /// What asked: stream, slice, component, attempt, and where the manifest has the parts.
  package static let stream = "_stream"
  package static let slice = "_slice"
  package static let component = "_component"
  package static let attempt = "_attempt"
  package static let places = "_manifest"
  /// Of an entry: what made each part of the request, and from what; what the attempt waited for before; what was decided about the
  /// answer.
  package static let explanation = "_explanation"
  package static let delays = "_delays"
  package static let verdict = "_verdict"
  /// Of an entry: where the config has the secrets that placeholders stand for.
  package static let secrets = "_secrets"
  /// Why there is no response, or not all of it: kind, message and cause.
  package static let failure = "_error"
  /// Of an entry: whether the body is read in parts.
  package static let parts = "_parts"
  /// Of a content: why its text is missing.
  package static let absence = "comment"
}

extension TransportError {
  /// The error as recordings hold it.
  var note: JSONObject {
    var note: JSONObject = ["kind": .string(kind.rawValue), "message": .string(message)]
    if let cause { note["cause"] = .string(cause) }
    return note
  }

  init?(note: JSONValue?) {
    guard let message = note?["message"]?.string else { return nil }
    self.init(note?["kind"]?.string.flatMap(Kind.init) ?? .other, message, cause: note?["cause"]?.string)
  }
}
