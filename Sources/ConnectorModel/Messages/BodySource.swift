import DequeModule
import Essentials
import Synchronization

/// A body that is still to be received.
///
/// Nothing is received beyond what was asked for, but for a bounded part. Releasing the source gives up the rest.
package protocol BodySource: AnyObject, Sendable {
  /// Waits for the next bytes; nil at the end of the body.
  /// - Throws: ``TransportError`` if the connection breaks off; asking again then gives nil.
  func next() async throws(TransportError) -> Data?
}

/// Where a body that may be large is received into.
package protocol BodyStore: AnyObject, Sendable {
  /// Forgets what came before: a request is tried again.
  func removeAll() throws(ConnectorError)
  func append(_ data: Data) throws(ConnectorError)
  /// What reads the body afterwards; nil if that is not by way of the response.
  var source: (any BodySource)? { get }
}

extension HTTPResponse {
  /// The same response with its body in `store`.
  /// - Throws: ``TransportError`` if the connection breaks off, or what the store throws.
  package func received(into store: any BodyStore) async throws -> HTTPResponse {
    try store.removeAll()
    var parts = parts
    while let part = try await parts.next() { try store.append(part) }
    let content = store.source.map { HTTPBody.streaming($0) } ?? .received(.empty)
    return with(content)
  }

  /// The same response with its body received completely.
  /// - Throws: ``TransportError`` if the connection breaks off, or the body is larger than a page may be.
  package func whole() async throws(TransportError) -> HTTPResponse {
    guard case .streaming(let source) = content else { return self }
    var body = Data()
    let limit = memory?.page ?? TransferLimits().pageBytes
    while let part = try await source.next() {
      body.append(part)
      guard body.count <= limit.value else {
        throw TransportError(.tooLarge, "The response of \(RequestURL(url).publicText) has \(limit.excess)")
      }
    }
    return HTTPResponse(status: status, headers: headers, content: .received(ReceivedBody(body)), url: url, request: request)
  }

  /// The same response with the first part of its body received: then what is wrong with a short body is known.
  /// - Throws: ``TransportError`` if the connection breaks off.
  package func begun() async throws(TransportError) -> HTTPResponse {
    guard case .streaming(let source) = content else { return self }
    return with(.streaming(try await BegunBody(source)))
  }

  /// What was received of a body that ``begun()`` has begun to receive; nil if that was not done.
  package var beginning: Data? {
    guard case .streaming(let source) = content else { return nil }
    return (source as? BegunBody)?.beginning
  }

  /// The body in parts, however much of it was received.
  package var parts: BodyParts { BodyParts(content) }
}

/// The parts of a response's body, one after the other.
package struct BodyParts {
  private let source: (any BodySource)?
  private var received: Data?

  fileprivate init(_ content: HTTPBody) {
    switch content {
    case .received(let body): (source, received) = (nil, body.data)
    case .streaming(let source): (self.source, received) = (source, nil)
    }
  }

  /// The next part; nil at the end.
  package mutating func next() async throws(TransportError) -> Data? {
    if let source { return try await source.next() }
    defer { received = nil }
    return received
  }
}

/// A body whose first parts were received.
private final class BegunBody: BodySource {
  private static let enough = 64 * 1024
  private let source: any BodySource
  private let received: Mutex<(parts: Deque<Data>, isOver: Bool)>

  init(_ source: any BodySource) async throws(TransportError) {
    var parts: Deque<Data> = []
    var (count, isOver) = (0, false)
    while count < Self.enough, !isOver {
      if let part = try await source.next() {
        parts.append(part)
        count += part.count
      } else {
        isOver = true
      }
    }
    self.source = source
    received = Mutex((parts, isOver))
  }

  /// The first part that was not taken yet; nil at the end.
  var beginning: Data { received.withLock { $0.parts.first ?? Data() } }

  func next() async throws(TransportError) -> Data? {
    let (part, isOver) = received.withLock { ($0.parts.popFirst(), $0.isOver) }
    return part == nil && !isOver ? try await source.next() : part
  }
}
