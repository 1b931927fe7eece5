import ConnectorModel
import JSON
import Synchronization

/// The responses that a host knows by numbers, so that each crosses the pipe once. They are forgotten with their last reader here.
final class ResponseLedger: Sendable {
  private struct Entry: Sendable {
    weak var response: HTTPResponse?
    let number: Int
  }

  private struct State {
    var lastNumber = 0
    var entries: [ObjectIdentifier: Entry] = [:]
  }

  private let state = Mutex(State())

  /// How a call names a response.
  struct Mention {
    var fields: JSONObject
    /// The bytes that come before all others of the call.
    var parts: [[UInt8]]
  }

  /// Names a response, and shows it the first time.
  func mention(_ response: HTTPResponse) -> Mention {
    let (number, isNew) = state.withLock { state in
      let key = ObjectIdentifier(response)
      if let entry = state.entries[key], entry.response === response { return (entry.number, false) }
      state.lastNumber += 1
      state.entries[key] = Entry(response: response, number: state.lastNumber)
      return (state.lastNumber, true)
    }
    guard isNew else { return Mention(fields: ["rid": .int(number)], parts: []) }
    let (description, parts) = response.described(as: number)
    return Mention(fields: ["rid": .int(number), "response": .object(description)], parts: parts)
  }

  /// The numbers of responses that nobody has any more.
  func takeUnused() -> [Int] {
    state.withLock { state in
      guard !state.entries.isEmpty else { return [] }
      let unused = state.entries.filter { $0.value.response == nil }
      for key in unused.keys { state.entries[key] = nil }
      return unused.values.map(\.number)
    }
  }
}

extension HTTPResponse {
  /// The response and its request as the protocol shows them.
  fileprivate func described(as number: Int) -> (JSONObject, parts: [[UInt8]]) {
    var description: JSONObject = [
      "rid": .int(number), "status": .int(status), "url": .string(url), "headers": .array(headers.map(Self.pair)),
    ]
    var parts = [Array(body)]
    if let request {
      description["request"] = request.hostValue
      if let body = request.body { parts.append(body) }
    }
    return (description, parts)
  }

  private static func pair(_ header: HTTPHeaders.Header) -> JSONValue { .array([.string(header.name), .string(header.value)]) }
}
