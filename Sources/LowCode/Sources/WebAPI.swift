import AirbyteProtocol
import Components
import ConnectorModel
import Engine
import HTTP
import JSON
import Secrets

/// A source whose streams are read from an HTTP API by code in Swift, where a manifest does not reach.
///
/// Its streams share an ``api``, which signs requests, repeats those that fail for a while, keeps secrets out of logs, and goes to the
/// network that the run was given: `--record` and `--replay` work as with a manifest.
public protocol HTTPSource: StreamedSource {
  /// The API.
  var api: WebAPI { get }
}

/// An HTTP API: sends requests, and walks through pages.
public struct WebAPI: Sendable {
  private let base: String
  private let headers: [(name: String, value: String)]
  private let client: HTTPClient
  /// The surroundings of the run.
  public let runtime: RuntimeEnvironment

  /// - Parameters:
  ///   - base: the address that paths are appended to, as in `https://api.example.com/v1`.
  ///   - headers: what every request carries.
  ///   - authenticator: what gives or signs with credentials; nil for nothing beside `headers`.
  ///   - errorHandler: what is done about answers that are errors; nil for what is usual: 429 and 5xx are asked again, others fail.
  public init(
    _ base: String, headers: [(name: String, value: String)] = [], authenticator: (any Authenticator)? = nil,
    errorHandler: (any ErrorHandler)? = nil, runtime: RuntimeEnvironment
  ) {
    self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
    self.headers = headers
    self.runtime = runtime
    for (name, value) in headers where CredentialName.isCredential(name) { runtime.secrets.hide(credential: .string(value)) }
    client = HTTPClient(
      name: "api", authenticator: authenticator ?? NoCredentials(), errorHandler: errorHandler ?? DefaultErrorHandler(),
      runtime: runtime)
  }

  /// Requests a path.
  /// - Parameters:
  ///   - path: what is appended to the address, or a whole address.
  ///   - parameters: the query; values are encoded.
  /// - Throws: ``ConnectorError`` if the API refuses the request, or cannot be reached after some attempts.
  public func get(_ path: String, _ parameters: [(name: String, value: String)] = []) async throws -> WebPage {
    try await send("GET", path, parameters)
  }

  /// Sends a request.
  /// - Parameter body: the JSON body; nil for none.
  /// - Throws: ``ConnectorError`` as ``get(_:_:)`` does.
  public func send(
    _ method: String, _ path: String, _ parameters: [(name: String, value: String)] = [], body: JSONObject? = nil
  ) async throws -> WebPage {
    var parts = RequestParts()
    for (name, value) in parameters { parts.parameters[name] = .string(value) }
    for (name, value) in headers { parts.headers[name] = .string(value) }
    if let body { parts.bodyJSON = body }
    var request = try RequestPreparation.request(method: method, url: address(of: path), parts: parts)
    request.checkEnd = { try $0.checkJSONEnd() }
    return try WebPage(try await client.send(request))
  }

  /// The pages of a list.
  /// - Parameter paging: how one page leads to the next: ``PageNumbers``, ``Offsets``, ``NextTokens``, ``NextLinks``, or a rule of one's own.
  public func pages(
    _ path: String, _ parameters: [(name: String, value: String)] = [], by paging: some Paging
  ) -> WebPages {
    WebPages(api: self, path: path, parameters: parameters, paging: paging)
  }

  private func address(of path: String) -> String {
    if path.hasPrefix("http://") || path.hasPrefix("https://") { return path }
    return path.isEmpty ? base : base + (path.hasPrefix("/") ? path : "/\(path)")
  }
}

/// A page of an API.
public struct WebPage: Sendable {
  /// The answer.
  public let response: HTTPResponse
  /// The answer's JSON.
  public let json: JSONView

  /// Reads an answer.
  /// - Throws: ``ConnectorError`` if it is not JSON.
  public init(_ response: HTTPResponse) throws {
    self.response = response
    do {
      json = try response.document().root
    } catch {
      throw ConnectorError(.system, "The answer of \(RequestURL(response.url).publicText) is not JSON: \(error)")
    }
  }

  /// The elements of a list in the page.
  /// - Parameter path: the keys that lead to it; none if the page is the list.
  public func records(_ path: String...) -> [JSONView] { at(path)?.elements ?? [] }

  /// A value of the page.
  func at(_ path: [String]) -> JSONView? { path.reduce(JSONView?.some(json)) { view, key in view.flatMap { $0[key] } } }
}

/// Pages, one after another; a slow loop holds the requests back.
public struct WebPages: AsyncSequence, Sendable {
  /// What an iteration gives.
  public typealias Element = WebPage

  let api: WebAPI
  let path: String
  let parameters: [(name: String, value: String)]
  let paging: any Paging

  /// Begins with the first page.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pages: self, paging: paging) }

  /// The pages that are still to come.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let pages: WebPages
    var paging: any Paging
    var last: WebPage?

    /// Requests the next page; nil at the end.
    public mutating func next() async throws -> WebPage? {
      guard let step = try paging.next(after: last) else { return nil }
      let parameters = pages.parameters.filter { own in !step.parameters.contains { $0.name == own.name } } + step.parameters
      let page = try await pages.api.get(step.address ?? pages.path, step.address == nil ? parameters : step.parameters)
      last = page
      return page
    }
  }
}

private struct NoCredentials: Authenticator {}
