import JSON

/// Of the STATE messages of an output, those that count: the last one of each stream, or the last GLOBAL one.
package struct LatestStates {
  private var streams: [JSONValue] = []
  private var places: ByName<Int> = [:]
  private var other: JSONValue?

  package init() {}

  /// The `state` objects that count, as a list that ``InputState/streams(_:)`` reads.
  package var list: JSONValue { .array(other.map { [$0] } ?? streams) }

  /// Takes in the next message; those of other types are passed over.
  package mutating func add(_ message: JSONValue) {
    guard message["type"]?.string == "STATE", let state = message["state"] else { return }
    guard state["type"]?.string == "STREAM", let descriptor = state["stream"]?["stream_descriptor"] else {
      other = state
      return
    }
    let key = descriptor.jsonText
    if let place = places[key] {
      streams[place] = state
    } else {
      places[key] = streams.count
      streams.append(state)
    }
  }
}
