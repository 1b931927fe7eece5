import ConnectorModel
import JSON

/// `CustomDecoder`: reads a response's body.
struct HostedDecoder: Decoder {
  private let component: HostedComponent

  init(_ component: HostedComponent) { self.component = component }

  var streams: Bool { component.flag("streams") }
  var allowsPagination: Bool { component.flag("paginates") }

  func decode(_ response: HTTPResponse) async throws -> DecodedBody {
    var values: [JSONView] = []
    try await decode(response) { body in
      values += body
      return true
    }
    return values.count == 1 ? .one(values[0]) : .many(values)
  }

  func decode(_ response: HTTPResponse, _ batch: (DecodedBody) async throws -> Bool) async throws {
    if streams, response.content.received == nil { return try await decodeArriving(response, batch) }
    let mention = component.host.responses.mention(try await response.whole())
    try await decode(mention, batch)
  }

  private func decode(_ mention: ResponseLedger.Mention, _ batch: (DecodedBody) async throws -> Bool) async throws {
    try await component.pullValues("decode", "decode", mention.fields, mention.parts) { document in
      try await batch(.elements(of: document.root))
    }
  }

  /// The body crosses the pipe in parts while it is received, as far as the component reads.
  private func decodeArriving(_ response: HTTPResponse, _ batch: (DecodedBody) async throws -> Bool) async throws {
    let (number, announcement) = component.host.responses.announce(response)
    _ = try await component.call("decode", "response", announcement.fields, announcement.parts)
    try await withThrowingTaskGroup(of: TransportError?.self) { group in
      // How far the component reads decides when a part is answered.
      group.addTask { await OrderedRun.aside { await pass(response.parts, to: number) } }
      do {
        try await decode(ResponseLedger.Mention(fields: ["rid": .int(number)], parts: []), batch)
      } catch {
        group.cancelAll()
        // A component that fails over a connection that broke off is not to blame.
        let broken = try await OrderedRun.joining { try await group.next() ?? nil }
        if let broken, !(error is CancellationError) { throw broken }
        throw error
      }
      group.cancelAll()
      try await OrderedRun.joining { try await group.waitForAll() }
    }
  }

  /// - Returns: how the connection broke off; nil if it did not.
  private func pass(_ parts: BodyParts, to number: Int) async -> TransportError? {
    var parts = parts
    var ending: JSONObject = ["rid": .int(number), "end": true]
    defer { component.host.notify("body", ending) }
    do {
      while let part = try await parts.next() {
        let reply = try await component.call("decode", "body", ["rid": .int(number)], [Array(part)])
        guard reply["wanted"] == .bool(true) else { return nil }
      }
      return nil
    } catch {
      ending["broken"] = .string(ConnectorError(wrapping: error).message)
      return Task.isCancelled ? nil : error as? TransportError
    }
  }

  /// What a cut-off body is to the component shows when it reads it.
  func checkEnd(_ response: HTTPResponse) async throws(TransportError) {}
}
