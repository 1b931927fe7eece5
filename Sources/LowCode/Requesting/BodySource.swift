import Foundation

/// A body that is still to be received.
///
/// Nothing is received beyond what was asked for, but for a bounded part. Letting go of the source gives up the rest.
package protocol BodySource: AnyObject, Sendable {
  /// Waits for the next bytes; nil at the end of the body.
  /// - Throws: ``TransportError`` where the connection breaks off; asking again then gives nil.
  func next() async throws(TransportError) -> Data?
}

/// Where a body that may be large is received into.
package protocol BodyStore: AnyObject, Sendable {
  /// Forgets what came before: a request is tried again.
  func removeAll() throws(ConnectorError)
  func append(_ data: Data) throws(ConnectorError)
  /// What reads the body afterwards; nil where that is not by way of the response.
  var source: (any BodySource)? { get }
}

extension HTTPResponse {
  /// The same response with its body in `store`.
  /// - Throws: ``TransportError`` where the connection breaks off, or what the store throws.
  func received(into store: any BodyStore) async throws -> HTTPResponse {
    try store.removeAll()
    var parts = parts
    while let part = try await parts.next() { try store.append(part) }
    return HTTPResponse(status: status, headers: headers, body: Data(), url: url, rest: store.source)
  }

  /// The same response with its body received wholly.
  package func whole() async throws(TransportError) -> HTTPResponse {
    guard let rest else { return self }
    var body = Data()
    while let part = try await rest.next() { body.append(part) }
    return HTTPResponse(status: status, headers: headers, body: body, url: url)
  }

  /// The body in parts, however much of it was received.
  package var parts: BodyParts { BodyParts(self) }
}

/// The parts of a response's body, one after the other.
package struct BodyParts {
  private let rest: (any BodySource)?
  private var received: Data?

  fileprivate init(_ response: HTTPResponse) {
    rest = response.rest
    received = response.rest == nil ? response.body : nil
  }

  /// The next part; nil at the end.
  package mutating func next() async throws(TransportError) -> Data? {
    if let rest { return try await rest.next() }
    defer { received = nil }
    return received
  }
}
