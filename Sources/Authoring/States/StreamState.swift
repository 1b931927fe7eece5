import AirbyteProtocol
import Components
import JSON

/// What the state of a stream says, in parts that can be shown and compared.
package struct StreamState: Sendable, Equatable {
  /// Where something was read up to.
  package struct Position: Sendable, Equatable {
    /// The name of the cursor field; nil where the state does not say it.
    package let field: String?
    package let value: JSONValue
    /// The windows that were read, where there are several: what lies between them is still to be read.
    package var windows: [String] = []
  }

  /// The position of the stream as a whole.
  package var position: Position?
  /// The position of each partition, with the partition's values.
  package var partitions: [(partition: JSONValue, position: Position?)] = []
  /// The states of the streams that the partitions come from.
  package var parents: [(name: String, state: StreamState)] = []
  /// Whether it says only that the stream was read.
  package var isMark = false

  package static func == (one: StreamState, other: StreamState) -> Bool {
    one.position == other.position && one.isMark == other.isMark
      && one.partitions.elementsEqual(other.partitions) { $0.partition == $1.partition && $0.position == $1.position }
      && one.parents.elementsEqual(other.parents) { $0.name == $1.name && $0.state == $1.state }
  }

  /// Reads the state as cursors write it: of one cursor, of one for each partition, or of windows.
  package init(_ state: JSONObject) {
    isMark = state[FinalStateCursor.stateKey] != nil
    if let parents = state["parent_state"]?.object {
      self.parents = parents.map { ($0, StreamState($1.object ?? [:])) }
    }
    if let states = state["states"]?.array {
      partitions = states.map { ($0["partition"] ?? .null, $0["cursor"]?.object.flatMap(Self.position)) }
      position = state["state"]?.object.flatMap(Self.position)
    } else {
      position = Self.position(state)
    }
  }

  private static func position(_ cursor: JSONObject) -> Position? {
    if let slices = cursor["slices"]?.array {
      let ends = slices.compactMap { $0["end"] }
      guard let last = ends.last else { return nil }
      let windows = slices.count < 2 ? [] : slices.map { "\(text($0["start"])) – \(text($0["end"]))" }
      return Position(field: nil, value: slices.last?["most_recent_cursor_value"] ?? last, windows: windows)
    }
    guard let (field, value) = cursor.first(where: { !inner.contains($0.key) && $0.key != FinalStateCursor.stateKey }) else {
      return nil
    }
    return Position(field: field, value: value)
  }

  /// What stands beside a cursor's value.
  private static let inner: Set<String> = [
    "use_global_cursor", "lookback_window", "parent_state", "states", "state", "state_type", "legacy", "slices",
  ]

  static func text(_ value: JSONValue?) -> String {
    switch value {
    case .string(let text)?: text
    case let value?: value.jsonText
    case nil: ""
    }
  }
}
