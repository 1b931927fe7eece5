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
  func decode(_ response: HTTPResponse) throws -> DecodedBody
}
