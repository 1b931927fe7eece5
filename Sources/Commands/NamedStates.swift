import AirbyteProtocol
import JSON

/// The states of streams by names, as commands for people have them, and what streams share beside them.
struct NamedStates {
  /// What stands for what all streams share, where states are shown.
  private static let shared = "(shared)"

  /// The state of each stream; those with a namespace are called `namespace.name`.
  let streams: ByName<JSONObject>
  private let descriptors: ByName<StreamDescriptor>
  private let shared: JSONObject?

  /// - Throws: ``InputShapeError`` that says what is wrong.
  init(_ value: JSONValue) throws(InputShapeError) {
    guard let whole = try? SourceState(parsing: value),
      whole.shared != nil || whole.streams.keys.contains(where: { $0.namespace != nil })
    else {
      // What an API's source writes.
      streams = try InputState.streams(value)
      descriptors = [:]
      shared = nil
      return
    }
    let named = whole.streams.map { (Self.name(of: $0.key), $0) }
    streams = ByName(named.map { ($0.0, $0.1.value) }, uniquingKeysWith: { first, _ in first })
    descriptors = ByName(named.map { ($0.0, $0.1.key) }, uniquingKeysWith: { first, _ in first })
    shared = whole.shared
  }

  /// Changed states, with the namespaces of others and what the last of them shares.
  init(_ streams: ByName<JSONObject>, like others: [NamedStates]) {
    self.streams = streams
    descriptors = others.reduce(into: [:]) { $0.merge($1.descriptors, uniquingKeysWith: { $1 }) }
    shared = others.lazy.reversed().compactMap(\.shared).first
  }

  /// The states with what is shared, for people.
  var shown: ByName<JSONObject> {
    var shown = streams
    if let shared { shown[Self.shared] = shared }
    return shown
  }

  /// The states as a platform keeps them.
  var entries: [JSONValue] {
    guard shared != nil || !descriptors.isEmpty else { return InputState.entries(of: streams) }
    var state = SourceState()
    for (name, value) in streams { state.streams[descriptors[name] ?? StreamDescriptor(name: name)] = value }
    state.shared = shared
    return state.entries
  }

  private static func name(of stream: StreamDescriptor) -> String { (stream.namespace.map { "\($0)." } ?? "") + stream.name }
}
