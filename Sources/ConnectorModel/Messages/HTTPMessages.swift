import Essentials
import JSON

/// A request as it is sent.
public struct HTTPRequest: Sendable {
  /// In upper case, as in `GET`.
  public var method: String
  /// The complete URL, percent-encoded.
  public var url: String
  /// Names as written by the manifest; looked up without regard to case.
  public var headers: [(name: String, value: String)]
  /// The bytes of the body; nil if it has none.
  public var body: [UInt8]?
  /// Seconds to wait for a connection.
  public var connectTimeout = 30.0
  /// Seconds without a byte before the response counts as lost.
  public var readTimeout = 300.0
  /// Whether the body is read part by part: then the response can come before its body.
  package var receivesInParts = false
  /// Checks a body that was received completely: it throws a ``TransportError`` if that ends in the middle, and the request is
  /// tried again. Nil if the reader of the body does so.
  package var checkEnd: (@Sendable (HTTPResponse) async throws -> Void)?
  /// The header or parameter that the authenticator left empty; nil if there is none.
  package var emptyCredential: String?
  /// Where the body of the response that is not tried again goes, instead of into memory.
  package var store: (any BodyStore)?

  /// What the request is made for; nil if nobody said so.
  package var origin: RequestOrigin?

  /// A request without credentials.
  public init(method: String, url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }

  /// Sets a header, replacing one of the same name.
  public mutating func setHeader(_ name: String, _ value: String) {
    if let index = headers.place(of: name) {
      headers[index].value = value
    } else {
      headers.append((name, value))
    }
  }

  /// The value of a header; nil if there is none of that name.
  public func header(_ name: String) -> String? { headers.value(of: name) }
}

/// A response with its body.
public final class HTTPResponse: Sendable {
  /// The status code.
  public let status: Int
  /// Names as received.
  public let headers: HTTPHeaders
  /// The URL that answered, after redirects.
  public let url: String
  package let content: HTTPBody
  /// The memory that a reader of the body uses for large pieces of it; nil if that is not counted.
  package let memory: ResponseMemory?
  /// The request that was answered, as it was sent: the last one, where redirects were followed. Nil for a response that was not sent
  /// for, such as a page in a parent's record.
  public let request: HTTPRequest?

  package init(
    status: Int, headers: HTTPHeaders, content: HTTPBody, url: String, memory: ResponseMemory? = nil,
    request: HTTPRequest? = nil
  ) {
    self.status = status
    self.headers = headers
    self.content = content
    self.url = url
    self.memory = memory
    self.request = request
  }

  /// The same response with another body.
  package func with(_ content: HTTPBody) -> HTTPResponse {
    HTTPResponse(status: status, headers: headers, content: content, url: url, memory: memory, request: request)
  }

  /// The same response, which knows what it answers.
  package func answering(_ request: HTTPRequest) -> HTTPResponse {
    var request = request
    (request.store, request.checkEnd) = (nil, nil)
    return HTTPResponse(status: status, headers: headers, content: content, url: url, memory: memory, request: request)
  }

  /// A response whose body was received completely.
  public convenience init(status: Int, headers: HTTPHeaders, body: Data, url: String) {
    self.init(status: status, headers: headers, content: .received(ReceivedBody(body)), url: url)
  }

  /// The value of a header; nil if there is none of that name.
  public func header(_ name: String) -> String? { headers[name] }

  /// Whether the status is not in 400 to 599, which Python's requests counts as true.
  public var isSuccess: Bool { !(400..<600).contains(status) }

  /// The body's bytes; none if it is still to come.
  public var body: Data { content.received?.data ?? Data() }

  /// The body as JSON.
  /// - Throws: ``JSONError`` if it is something else, as text that is still to come.
  package func document() throws(JSONError) -> JSONDocument { try (content.received ?? .empty).document(charset: charset) }

  /// Whether the body is a JSON text that ends in the middle.
  package var isCutOff: Bool {
    do throws(JSONError) { _ = try document() } catch { return error.isCutOff }
    return false
  }

  /// - Throws: ``TransportError`` if the body is a JSON text that ends in the middle.
  package func checkJSONEnd() throws(TransportError) {
    do throws(JSONError) { _ = try document() } catch {
      if error.isCutOff { throw TransportError.cutOff("its JSON text ends in the middle (\(error))", of: self) }
    }
  }

  /// The body's JSON value; nil if the body is not JSON.
  public var json: JSONView? { (try? document())?.root }
}

/// A request that got no response.
public struct TransportError: Error, Sendable {
  /// What went wrong.
  public enum Kind: String, Sendable {
    case connectFailed, nameNotResolved, timedOut, connectionLost, tls, invalidURL, tooManyRedirects, other
    /// A URL whose scheme is not allowed.
    case unsupportedScheme
    /// A redirect to what is not an address.
    case invalidRedirect
    /// An address that must not be requested.
    case forbiddenAddress
    /// The connection was lost within the body.
    case brokenOff
    /// A body that ends too early.
    case truncated
    /// A response beyond one of ``TransferLimits``, which another attempt would be as well.
    case tooLarge
    /// What the system allows the process is not enough.
    case systemLimit
    /// An environment variable that cannot be read.
    case invalidSetting
    /// What the transport has no way to do.
    case unsupported
    /// What a recording, which takes the place of the network, has no answer to.
    case unrecorded

    /// The kind in a few words, for who watches a run.
    package var words: String {
      switch self {
      case .connectFailed: "no connection"
      case .nameNotResolved: "host not found"
      case .timedOut: "timeout"
      case .connectionLost, .brokenOff, .truncated: "broken transfer"
      case .tls: "TLS failure"
      case .tooLarge: "response too large"
      case .systemLimit: "limit of the system"
      case .invalidURL, .tooManyRedirects, .other, .unsupportedScheme, .invalidRedirect, .forbiddenAddress, .invalidSetting,
        .unsupported, .unrecorded:
        "failed request"
      }
    }
  }
  /// What went wrong.
  public var kind: Kind
  /// A sentence that names the address and the cause.
  public var message: String
  /// Only the cause, for sentences that have the address already; nil if the message has none apart.
  public var cause: String?

  /// - Parameters:
  ///   - message: a sentence that names the address and the cause.
  ///   - cause: only the cause.
  public init(_ kind: Kind, _ message: String, cause: String? = nil) {
    self.kind = kind
    self.message = message
    self.cause = cause
  }
}

/// Sends requests: the one way to the network.
public protocol Transport: Sendable {
  /// Sends a request and gives whatever is answered: a redirect is not followed.
  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}

extension TransportError {
  /// A body that ends before what it holds is complete: another attempt may bring all of it.
  package static func cutOff(_ reason: String, of response: HTTPResponse? = nil) -> TransportError {
    TransportError(.truncated, "The response\(response.map { " of \($0.url)" } ?? "") is cut off: \(reason)")
  }
}
