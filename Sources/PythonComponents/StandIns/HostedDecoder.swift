import ConnectorModel
import JSON

/// `CustomDecoder`: reads a response's body.
struct HostedDecoder: Decoder {
  private let component: HostedComponent

  init(_ component: HostedComponent) { self.component = component }

  var streams: Bool { component.flag("streams") }
  var allowsPagination: Bool { component.flag("paginates") }
  /// The whole body crosses the pipe at once.
  var reception: Reception { .memory }

  func decode(_ response: HTTPResponse) async throws -> DecodedBody {
    var values: [JSONView] = []
    try await decode(response) { body in
      values += body
      return true
    }
    return values.count == 1 ? .one(values[0]) : .many(values)
  }

  func decode(_ response: HTTPResponse, _ batch: (DecodedBody) async throws -> Bool) async throws {
    let mention = component.host.responses.mention(try await response.whole())
    try await component.pullValues("decode", "decode", mention.fields, mention.parts) { document in
      try await batch(.elements(of: document.root))
    }
  }

  /// What a cut-off body is to the component shows when it reads it.
  func checkEnd(_ response: HTTPResponse) async throws(TransportError) {}
}
