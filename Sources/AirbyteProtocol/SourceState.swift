import JSON

/// What a read continues from: the states of streams, and what a source keeps for all of them together.
///
/// ```swift
/// var state = try SourceState(parsing: value)    // what a platform keeps, or STATE messages
/// state.streams[StreamDescriptor(name: "orders")]
/// ```
public struct SourceState: Sendable, Hashable {
  /// The state of each stream.
  public var streams: [StreamDescriptor: JSONObject] = [:]
  /// What a source keeps for all of its streams together; nil if it keeps nothing such.
  public var shared: JSONObject?
  /// A state in a form that is not the protocol's, such as that of a Singer tap; nil if there is none.
  public var foreign: JSONObject?

  /// A state in which nothing was read.
  public init() {}

  /// The states of streams without namespaces, by their names.
  public init(_ streams: [String: JSONObject]) {
    self.streams = Dictionary(uniqueKeysWithValues: streams.map { (StreamDescriptor(name: $0.key), $0.value) })
  }

  /// The same, of names that may look the same.
  package init(_ streams: ByName<JSONObject>) {
    self.streams = Dictionary(streams.map { (StreamDescriptor(name: $0.key), $0.value) }, uniquingKeysWith: { $1 })
  }

  /// The states of a list of STATE messages, of their `state` objects, or of one of them. The last one of a stream counts. The data of a
  /// LEGACY state, and an object that is no message, are ``foreign``.
  /// - Throws: ``InputShapeError`` that says which entry is wrong.
  public init(parsing value: JSONValue) throws(InputShapeError) {
    let entries: [JSONValue]
    switch value {
    case .null, .bool(false), .int(0), .string(""), .object([:]): return
    case .array(let list): entries = list
    case .object(let object) where Self.isMessage(object): entries = [value]
    case .object(let object):
      foreign = object
      return
    default:
      throw InputShapeError(
        "A state is what STATE messages hold: the output of an earlier read, a STATE message of it, or a list such as "
          + "[{\"type\": \"STREAM\", \"stream\": …}]")
    }
    for (index, entry) in entries.enumerated() {
      try add(entry["type"]?.string == "STATE" ? entry["state"] ?? .null : entry, "[\(index)]")
    }
  }

  private static func isMessage(_ object: JSONObject) -> Bool {
    ["STATE", "STREAM", "GLOBAL", "LEGACY"].contains(object["type"]?.string)
  }

  private mutating func add(_ entry: JSONValue, _ place: String) throws(InputShapeError) {
    switch entry["type"]?.string {
    case "STREAM": try add(stream: entry["stream"], place)
    case "GLOBAL":
      guard let global = entry["global"], global.object != nil else {
        throw InputShapeError("`\(place)` of the state needs a `global`")
      }
      if let shared = global["shared_state"], shared != .null {
        guard let object = shared.object else {
          throw InputShapeError("`\(place).global.shared_state` of the state should be an object")
        }
        self.shared = object
      }
      for stream in global["stream_states"]?.array ?? [] { try add(stream: stream, "\(place).global") }
    case "LEGACY", nil:
      guard let data = entry["data"]?.object else {
        throw InputShapeError("`\(place)` of the state has neither a `stream` nor a `global` state, nor `data`")
      }
      foreign = data
    case _?: throw InputShapeError("`\(place).type` of the state should be STREAM, GLOBAL or LEGACY")
    }
  }

  private mutating func add(stream: JSONValue?, _ place: String) throws(InputShapeError) {
    guard let stream, let name = stream["stream_descriptor"]?["name"]?.string else {
      throw InputShapeError("`\(place)` of the state needs a `stream` with a `stream_descriptor` that has a `name`")
    }
    let descriptor = StreamDescriptor(name: name, namespace: stream["stream_descriptor"]?["namespace"]?.string)
    switch stream["stream_state"] {
    case .object(let state)?: streams[descriptor] = state
    case nil, .null?: streams[descriptor] = nil
    default: throw InputShapeError("`\(place).stream.stream_state` of the state should be an object")
    }
  }

  /// Whether nothing was read.
  public var isEmpty: Bool { streams.isEmpty && shared == nil && foreign == nil }

  /// The states of streams without namespaces, by their names.
  public var byName: [String: JSONObject] {
    Dictionary(named.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  /// The same, of names that may look the same.
  package var named: ByName<JSONObject> {
    ByName(streams.filter { $0.key.namespace == nil }.map { ($0.key.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  /// The states as a platform keeps them, a list that ``init(parsing:)`` reads: a GLOBAL state if there is something shared, else one
  /// of each stream, in the order of their names.
  public var entries: [JSONValue] {
    var entries: [JSONValue] =
      shared == nil ? streamStates.map { ["type": "STREAM", "stream": $0] } : [["type": "GLOBAL", "global": global]]
    if let foreign { entries.append(["type": "LEGACY", "data": .object(foreign)]) }
    return entries
  }

  /// The value of a GLOBAL state.
  var global: JSONValue {
    var object: JSONObject = [:]
    if let shared { object["shared_state"] = .object(shared) }
    object["stream_states"] = .array(streamStates)
    return .object(object)
  }

  private var streamStates: [JSONValue] {
    streams.sorted { ($0.key.namespace ?? "", $0.key.name) < ($1.key.namespace ?? "", $1.key.name) }.map { descriptor, state in
      ["stream_descriptor": descriptor.json, "stream_state": .object(state)]
    }
  }
}
