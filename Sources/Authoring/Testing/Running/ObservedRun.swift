import JSON
import Secrets

/// What a run did.
struct ObservedRun: Sendable {
  /// What it printed.
  let messages: [JSONValue]
  /// What it asked, in order.
  let requests: [ObservedRequest]
  /// How many seconds of the run's clock have passed.
  let waited: Double
  /// Hides the secrets of the run.
  let mask: SecretMask
  /// What the clock showed first, in microseconds since the epoch.
  let now: Int64

  func messages(_ type: String, _ member: String) -> [JSONValue] {
    messages.compactMap { $0["type"]?.string == type ? $0[member] : nil }
  }

  /// The data of all records of each stream, in order.
  var records: ByName<[JSONValue]> {
    var records: ByName<[JSONValue]> = [:]
    for record in messages("RECORD", "record") {
      records[record["stream"]?.string ?? "", default: []].append(record["data"] ?? .null)
    }
    return records
  }

  /// The states in the order in which they were printed.
  var states: [(stream: String, state: JSONObject)] {
    messages("STATE", "state").compactMap { state in
      guard let stream = state["stream"], let name = stream["stream_descriptor"]?["name"]?.string else { return nil }
      return (name, stream["stream_state"]?.object ?? [:])
    }
  }

  /// The last state of each stream.
  var finalStates: ByName<JSONObject> { ByName(states.map { ($0.stream, $0.state) }, uniquingKeysWith: { $1 }) }

  /// The errors that were reported.
  var errors: [JSONValue] { messages("TRACE", "trace").compactMap { $0["type"] == "ERROR" ? $0["error"] : nil } }

  /// The streams that were read, each with its last status.
  var statuses: ByName<String> {
    var statuses: ByName<String> = [:]
    for trace in messages("TRACE", "trace") {
      guard let status = trace["stream_status"], let name = status["stream_descriptor"]?["name"]?.string else { continue }
      statuses[name] = status["status"]?.string
    }
    return statuses
  }
}
