import AirbyteProtocol
import Components
import ConnectorModel
import JSON
import Manifest

/// Makes new states of old ones.
package enum StateChange {
  /// States put together: of a stream that several have, the last one counts; where its state is kept by partition, the last one of each
  /// partition.
  package static func merged(_ states: [ByName<JSONObject>]) -> ByName<JSONObject> {
    states.reduce(into: [:]) { result, state in
      for (name, later) in state { result[name] = result[name].map { merged($0, later) } ?? later }
    }
  }

  private static func merged(_ earlier: JSONObject, _ later: JSONObject) -> JSONObject {
    guard let old = earlier["states"]?.array, let new = later["states"]?.array else { return later }
    var partitions: [JSONValue] = old
    var places = Dictionary(
      old.enumerated().map { ($1["partition"]?.jsonText ?? "", $0) }, uniquingKeysWith: { first, _ in first })
    for entry in new {
      let key = entry["partition"]?.jsonText ?? ""
      if let place = places[key] {
        partitions[place] = entry
      } else {
        places[key] = partitions.count
        partitions.append(entry)
      }
    }
    var result = later
    result["states"] = .array(partitions)
    return result
  }

  /// A state whose cursor has another value: all of its partitions, or one.
  /// - Parameters:
  ///   - field: the cursor field, which is only needed where the state does not name it.
  ///   - partition: the values of the partition; nil for all.
  /// - Throws: ``ConnectorError`` where it cannot be told what is to be changed.
  package static func setting(
    cursor value: JSONValue, field: String?, partition: JSONObject?, of stream: String, in states: ByName<JSONObject>
  ) throws -> ByName<JSONObject> {
    var states = states
    guard let old = states[stream] else {
      guard let field else {
        let near = NameSuggestion.nearest(to: stream, among: states.keys.sorted()).map { ": did you mean `\($0)`?" }
        throw ConnectorError(
          .config, "The state has no stream `\(stream)`\(near ?? ". To add it, name its cursor field with --field")")
      }
      states[stream] = [field: value]
      return states
    }
    guard let entries = old["states"]?.array else {
      if let partition {
        throw ConnectorError(
          .config,
          "The state of `\(stream)` is not kept by partition, so that it has no partition \(JSONValue.object(partition).jsonText)"
        )
      }
      states[stream] = try setting(value, field, in: old, of: stream)
      return states
    }
    var state = old
    var isFound = false
    state["states"] = .array(
      try entries.map { entry in
        guard var members = entry.object, let cursor = members["cursor"]?.object,
          partition.map({ matches(members["partition"]?.object ?? [:], $0) }) ?? true
        else { return entry }
        isFound = true
        members["cursor"] = .object(try setting(value, field, in: cursor, of: stream))
        return .object(members)
      })
    if let partition, !isFound {
      throw ConnectorError(
        .config,
        "The state of `\(stream)` has no partition \(JSONValue.object(partition).jsonText): `state show --all` lists them")
    }
    if partition == nil, let whole = old["state"]?.object {
      state["state"] = .object(try setting(value, field, in: whole, of: stream))
    }
    states[stream] = state
    return states
  }

  /// Whether a partition has the values that were given.
  private static func matches(_ partition: JSONObject, _ wanted: JSONObject) -> Bool {
    wanted.allSatisfy { partition[$0.key] == $0.value }
  }

  private static func setting(_ value: JSONValue, _ field: String?, in cursor: JSONObject, of stream: String) throws -> JSONObject
  {
    var cursor = cursor
    if let windows = cursor["slices"]?.array {
      // One window, from where the first one began.
      var window = windows.first?.object ?? [:]
      window["end"] = value
      if window["most_recent_cursor_value"] != nil { window["most_recent_cursor_value"] = value }
      cursor["slices"] = [.object(window)]
      return cursor
    }
    guard let name = field ?? StreamState(cursor).position?.field else {
      throw ConnectorError(
        .config,
        cursor[FinalStateCursor.stateKey] != nil
          ? "The stream `\(stream)` has no cursor that could be set: it is read from its beginning each time"
          : "The state of `\(stream)` does not name its cursor field: name it with --field")
    }
    cursor[name] = value
    return cursor
  }
}
