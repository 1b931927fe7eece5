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
    /// The numbers of responses whose place in memory others have taken since.
    var overwritten: [Int] = []

    /// The number of a response, and whether it was given right now; nil for one that has none.
    mutating func number(of response: HTTPResponse, takesNew: Bool) -> (number: Int, isNew: Bool)? {
      let key = ObjectIdentifier(response)
      if let entry = entries[key], entry.response === response { return (entry.number, false) }
      guard takesNew else { return nil }
      lastNumber += 1
      if let old = entries.updateValue(Entry(response: response, number: lastNumber), forKey: key) {
        overwritten.append(old.number)
      }
      return (lastNumber, true)
    }
  }

  private let state = Mutex(State())

  /// How a call names a response.
  struct Mention {
    var fields: JSONObject
    /// The bytes that come before all others of the call.
    var parts: [[UInt8]]
  }

  /// Names a response, and shows it the first time. Of one whose body is still to come only the head is shown.
  func mention(_ response: HTTPResponse) -> Mention {
    let isComplete = response.content.received != nil
    guard let (number, isNew) = state.withLock({ $0.number(of: response, takesNew: isComplete) }) else {
      let (description, parts) = response.described(as: nil)
      return Mention(fields: ["response": .object(description)], parts: parts)
    }
    guard isNew else { return Mention(fields: ["rid": .int(number)], parts: []) }
    let (description, parts) = response.described(as: number)
    return Mention(fields: ["rid": .int(number), "response": .object(description)], parts: parts)
  }

  /// Names a response whose body is to follow in parts.
  func announce(_ response: HTTPResponse) -> (number: Int, mention: Mention) {
    let number = state.withLock { $0.number(of: response, takesNew: true)?.number ?? 0 }
    var (description, parts) = response.described(as: number)
    description["arrives"] = true
    return (number, Mention(fields: ["response": .object(description)], parts: parts))
  }

  /// The numbers of responses that nobody has any more.
  func takeUnused() -> [Int] {
    state.withLock { state in
      guard !state.entries.isEmpty else { return [] }
      let unused = state.entries.filter { $0.value.response == nil }
      for key in unused.keys { state.entries[key] = nil }
      defer { state.overwritten = [] }
      return state.overwritten + unused.values.map(\.number)
    }
  }
}

extension HTTPResponse {
  /// The response and its request as the protocol shows them.
  /// - Parameter number: what later calls name it by; nil for none.
  fileprivate func described(as number: Int?) -> (JSONObject, parts: [[UInt8]]) {
    var description: JSONObject = [
      "status": .int(status), "url": .string(url), "headers": .array(headers.map(Self.pair)),
    ]
    if let number { description["rid"] = .int(number) }
    var parts = [Array(body)]
    if let request {
      description["request"] = request.hostValue
      if let body = request.body { parts.append(body) }
    }
    return (description, parts)
  }

  private static func pair(_ header: HTTPHeaders.Header) -> JSONValue { .array([.string(header.name), .string(header.value)]) }
}
