import AirbyteProtocol
import JSON

/// Translates between what a tap wants to continue from, which is one value for all of its streams, and the states of streams.
///
/// A tap that follows the conventions keeps an object for each stream in `bookmarks`, by the stream's identifier. These become states of
/// streams. Whatever else there is belongs to all streams together.
enum SingerState {
  /// Where taps keep what belongs to single streams.
  static let bookmarks = "bookmarks"
  /// What Airbyte's sources leave as the state of a stream that has none.
  static let noCursor = "__ab_no_cursor_state_message"

  /// A tap's state in its parts.
  struct Parts: Sendable, Hashable {
    /// The bookmarks, by the tap's identifiers of streams.
    var streams: JSONObject
    /// What is left; nil if that says nothing.
    var shared: JSONObject?
  }

  /// Takes a tap's state apart.
  static func parts(of value: JSONObject) -> Parts {
    let marks = value[bookmarks]?.object ?? [:]
    let streams = marks.filter { $0.value.object != nil }
    var rest = value
    let other = marks.filter { $0.value.object == nil }
    if value[bookmarks]?.object != nil { rest[bookmarks] = other.isEmpty ? nil : .object(other) }
    return Parts(streams: streams, shared: rest.isEmpty ? nil : rest)
  }

  /// Puts a tap's state together, as it was when its parts were taken.
  static func value(of parts: Parts) -> JSONObject {
    var value: JSONObject = parts.shared ?? [:]
    var marks = value[bookmarks]?.object ?? [:]
    marks.merge(parts.streams) { $1 }
    if !marks.isEmpty || parts.shared == nil { value[bookmarks] = .object(marks) }
    return value
  }

  /// A tap's state in whatever it was handed over in: by itself, or as Meltano keeps it.
  static func unwrapped(_ given: JSONObject) -> JSONObject {
    if let inner = given["singer_state"]?.object { return inner }
    if let completed = given["completed"]?.object ?? (given["partial"]?.object).map({ _ in [:] }) {
      // What a run left that did not come to its end counts on top of what the last whole one left.
      var state = unwrapped(completed)
      let partial = given["partial"]?.object.map(unwrapped) ?? [:]
      var marks = state[bookmarks]?.object ?? [:]
      marks.merge(partial[bookmarks]?.object ?? [:]) { $1 }
      state.merge(partial) { $1 }
      if !marks.isEmpty { state[bookmarks] = .object(marks) }
      return state
    }
    return given
  }

  /// What the tap continues from.
  /// - Parameters:
  ///   - state: what an earlier read left.
  ///   - identify: the tap's identifier of a stream.
  ///   - isFresh: whether a stream is read from its beginning.
  /// - Returns: nil where there is nothing to continue from.
  static func incoming(
    _ state: SourceState, identify: (StreamDescriptor) -> String, isFresh: (_ identifier: String) -> Bool
  ) -> JSONObject? {
    var parts = state.foreign.map { Self.parts(of: unwrapped($0)) } ?? Parts(streams: [:], shared: nil)
    if let shared = state.shared {
      let known = Self.parts(of: shared)
      parts.shared = parts.shared?.merging(known.shared ?? [:]) { $1 } ?? known.shared
      parts.streams.merge(known.streams) { $1 }
    }
    for (stream, own) in state.streams where own[noCursor] == nil { parts.streams[identify(stream)] = .object(own) }
    parts.streams = parts.streams.filter { !isFresh($0.key) }
    if parts.streams.isEmpty, parts.shared == nil { return nil }
    return value(of: parts)
  }
}

/// Follows the states of a tap through a read, and decides how they are written: a state of each stream, or one of all.
struct StateTracker: Sendable {
  /// How states are written.
  enum Form: Sendable, Hashable {
    /// A state of each stream: what the tap keeps besides is left out.
    case perStream
    /// One state, with what the streams share.
    case shared
  }

  /// What is to be written for a state of the tap.
  enum Update: Sendable, Hashable {
    /// The states of these streams, by the tap's identifiers.
    case streams([String: JSONObject])
    case all(shared: JSONObject, streams: [String: JSONObject])
  }

  private(set) var form: Form?
  /// The bookmarks that were written last.
  private(set) var written: [String: JSONObject] = [:]
  private(set) var shared: JSONObject?
  /// Whether the tap keeps something that is left out.
  private(set) var isCut = false

  /// - Parameters:
  ///   - form: how states are written; nil to decide when the first one comes.
  ///   - earlier: what the read continues from.
  init(form: Form?, continuing earlier: SourceState) {
    self.form = form ?? (earlier.shared == nil ? nil : .shared)
  }

  /// - Parameter isWanted: whether the state of a stream is written.
  mutating func take(_ value: JSONObject, isWanted: (_ identifier: String) -> Bool) -> Update {
    let parts = SingerState.parts(of: value)
    let rest = parts.shared?.filter { !$0.value.isNull } ?? [:]
    let form = form ?? (rest.isEmpty ? .perStream : .shared)
    self.form = form
    let marks = parts.streams.reduce(into: [String: JSONObject]()) { $0[$1.key] = $1.value.object }
    switch form {
    case .perStream:
      // Which stream is being read is of no use to a later read.
      if rest.keys.contains(where: { $0 != "currently_syncing" }) { isCut = true }
      let changed = marks.filter { isWanted($0.key) && written[$0.key] != $0.value }
      written.merge(changed) { $1 }
      return .streams(changed)
    case .shared:
      written = marks
      shared = parts.shared ?? [:]
      return .all(shared: parts.shared ?? [:], streams: marks)
    }
  }
}
