import JSON

/// A response's body as JSON values, in order: one for a JSON text, the elements of a list, a value a line or row.
package enum DecodedBody: Sendable {
  case one(JSONView)
  /// The elements of an array.
  case elements(of: JSONView)
  case many([JSONView])

  /// The first value, which pagination looks at.
  package var first: JSONView? {
    switch self {
    case .one(let view): view
    case .elements(of: let array): array[0]
    case .many(let views): views.first
    }
  }

  package func forEach(_ body: (JSONView) throws -> Void) rethrows {
    switch self {
    case .one(let view): try body(view)
    case .elements(of: let array): try array.forEachElement(body)
    case .many(let views): for view in views { try body(view) }
    }
  }
}

/// Reads a response's body.
package protocol Decoder: Sendable {
  /// Whether values come while the body is still being received: then pagination does not see the body, and there is but one look.
  var streams: Bool { get }
  /// Whether responses are wanted before their bodies.
  var receivesInParts: Bool { get }
  /// Whether a `DefaultPaginator` may stand beside this decoder.
  var allowsPagination: Bool { get }
  /// Reads a body that was received wholly.
  func decode(_ response: HTTPResponse) throws -> DecodedBody
  /// Reads a body in batches of values, as it comes.
  /// - Parameter batch: takes values and returns whether more are wanted.
  /// - Throws: ``ConnectorError`` or ``TransportError``; the batches until then are good.
  func decode(_ response: HTTPResponse, _ batch: (DecodedBody) async throws -> Bool) async throws
}

extension Decoder {
  package var streams: Bool { false }
  package var receivesInParts: Bool { streams }
  package var allowsPagination: Bool { false }

  package func decode(_ response: HTTPResponse, _ batch: (DecodedBody) async throws -> Bool) async throws {
    _ = try await batch(decode(response.whole()))
  }
}
