import JSON

/// The states that an earlier read left.
package enum InputState {
  /// The state of each stream, from a list of STATE messages or their `state` objects (or one of them).
  ///
  /// As in the reference, a GLOBAL state counts if it is alone, and without a `shared_state`, which no API source writes. States
  /// of other types and of streams with a namespace, which sources of APIs do not have, are ignored. The legacy form, an object
  /// of states by stream name, is not accepted.
  /// - Throws: ``InputShapeError`` that says which entry is wrong.
  package static func streams(_ value: JSONValue) throws(InputShapeError) -> ByName<JSONObject> {
    let entries: [JSONValue]
    switch value {
    case .null, .bool(false), .int(0), .string(""), .object([:]): return [:]
    case .array(let list): entries = list
    case .object(let object) where object["type"] != nil: entries = [value]
    default:
      throw InputShapeError(
        "A state is what STATE messages hold: the output of an earlier read, a STATE message of it, or a list such as "
          + "[{\"type\": \"STREAM\", \"stream\": …}]")
    }
    return try streams(of: entries.map { $0["type"]?.string == "STATE" ? $0["state"] ?? .null : $0 })
  }

  /// The states of streams as a list that ``streams(_:)`` reads, an entry each, in the order of their names.
  package static func entries(of states: ByName<JSONObject>) -> [JSONValue] {
    states.sorted { $0.key < $1.key }.map { name, state in
      ["type": "STREAM", "stream": ["stream_descriptor": ["name": .string(name)], "stream_state": .object(state)]]
    }
  }

  private static func streams(of entries: [JSONValue]) throws(InputShapeError) -> ByName<JSONObject> {
    var states: ByName<JSONObject> = [:]
    for (index, entry) in entries.enumerated() {
      guard ["stream", "global", "data"].contains(where: { (entry[$0] ?? .null) != .null }) else {
        throw InputShapeError("`[\(index)]` of the state has neither a `stream` nor a `global` state")
      }
      switch entry["type"]?.string {
      case "STREAM": try add(entry["stream"], "[\(index)]", &states)
      case "GLOBAL" where entries.count == 1:
        if let shared = entry["global"]?["shared_state"], shared != .null {
          throw InputShapeError(
            "`[\(index)].global` of the state has a `shared_state`, which no source of an API writes: it comes from elsewhere")
        }
        guard let streams = entry["global"]?["stream_states"]?.array else {
          throw InputShapeError("`[\(index)].global` of the state needs `stream_states`")
        }
        for stream in streams { try add(stream, "[\(index)]", &states) }
      case "GLOBAL", "LEGACY", nil: break
      case _?: throw InputShapeError("`[\(index)].type` of the state should be STREAM or GLOBAL")
      }
    }
    return states
  }

  private static func add(_ stream: JSONValue?, _ place: String, _ states: inout ByName<JSONObject>) throws(InputShapeError) {
    guard let stream, let name = stream["stream_descriptor"]?["name"]?.string else {
      throw InputShapeError("`\(place)` of the state needs a `stream` with a `stream_descriptor` that has a `name`")
    }
    if let namespace = stream["stream_descriptor"]?["namespace"], namespace != .null { return }
    switch stream["stream_state"] {
    case .object(let state)?: states[name] = state
    case nil, .null?: states[name] = nil
    default: throw InputShapeError("`\(place).stream.stream_state` of the state should be an object")
    }
  }
}
