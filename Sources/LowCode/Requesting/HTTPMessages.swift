import Foundation
import JSON
import Synchronization

/// A request as it goes over the wire.
package struct HTTPRequest: Sendable {
  package var method: String
  /// The complete URL, percent-encoded.
  package var url: String
  /// Names as written by the manifest; looked up without regard to case.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]?
  /// Seconds to wait for a connection.
  package var connectTimeout = 30.0
  /// Seconds without a byte before the response counts as lost.
  package var readTimeout = 300.0
  /// Whether the body is wanted part by part: then the response may come before its body.
  package var receivesInParts = false
  /// Where the body of the response that is not tried again goes, instead of into memory.
  package var store: (any BodyStore)?

  package init(method: String, url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }

  /// Sets a header, replacing one of the same name.
  package mutating func setHeader(_ name: String, _ value: String) {
    if let index = headers.place(of: name) {
      headers[index].value = value
    } else {
      headers.append((name, value))
    }
  }

  package func header(_ name: String) -> String? { headers.value(of: name) }
}

/// A response with its whole body, which is parsed once however many components look into it.
///
/// Where the request wanted its body in parts, it may still be to come: then `body` is empty and ``rest`` gives it.
package final class HTTPResponse: Sendable {
  package let status: Int
  /// Names as received; repeated headers are joined by a comma.
  package let headers: [(name: String, value: String)]
  package let body: Data
  /// The URL that answered, after redirects.
  package let url: String
  /// The body, where it was not received yet. It can be read once.
  package let rest: (any BodySource)?
  /// The body's bytes, where they were received for parsing.
  private let bytes: JSONBytes?
  private let parsed: Mutex<Result<JSONDocument, JSONError>?>

  /// A response whose body is parsed where it lies, or was already while it was received.
  package init(
    status: Int, headers: [(name: String, value: String)], bytes: JSONBytes, document: JSONDocument? = nil, url: String
  ) {
    self.status = status
    self.headers = headers
    self.bytes = bytes
    self.url = url
    body = bytes.data
    rest = nil
    parsed = Mutex(document.map { .success($0) })
  }

  package init(
    status: Int, headers: [(name: String, value: String)], body: Data, url: String, rest: (any BodySource)? = nil
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.url = url
    self.rest = rest
    bytes = nil
    parsed = Mutex(nil)
  }

  package func header(_ name: String) -> String? { headers.value(of: name) }

  /// Whether the status is none of 400 to 599, as Python's requests counts truth.
  package var isSuccess: Bool { !(400..<600).contains(status) }

  /// The body as JSON.
  /// - Throws: ``JSONError`` where it is something else.
  package func document() throws(JSONError) -> JSONDocument {
    let result = parsed.withLock { parsed in
      if let parsed { return parsed }
      let text = bytes ?? JSONBytes(body)
      let result: Result<JSONDocument, JSONError>
      do throws(JSONError) {
        result = .success(try JSONDocument(parsing: text, encoding: .detected))
      } catch {
        result = TextEncoding.json(text, charset: charset) ?? .failure(error)
      }
      parsed = result
      return result
    }
    return try result.get()
  }

  /// The body's JSON value; nil where the body is not JSON.
  package var json: JSONView? { (try? document())?.root }
}

/// A request that got no response.
package struct TransportError: Error, Sendable {
  package enum Kind: Sendable {
    case connectFailed, nameNotResolved, timedOut, connectionLost, tls, invalidURL, tooManyRedirects, other
    /// A URL whose scheme is not allowed.
    case unsupportedScheme
    /// An address that must not be requested.
    case forbiddenAddress
  }
  package var kind: Kind
  /// A sentence that names the address and the cause.
  package var message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}

/// Sends requests: the one way to the network.
package protocol Transport: Sendable {
  /// Sends a request and gives whatever is answered: a redirect is not followed.
  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}

extension Transport {
  /// Sends a request and follows its redirects.
  package func send(
    _ request: HTTPRequest, secrets: any Secrets = NoSecrets()
  ) async throws(TransportError) -> HTTPResponse {
    var redirects = Redirects(of: request, secrets: secrets)
    var response = try await exchange(request)
    while let next = try redirects.next(after: response) { response = try await exchange(next) }
    return response
  }
}
