import AirbyteProtocol
import JSON
import Jinja

/// Describes the requests of a stream: where to, what with, and what to do about errors.
struct HttpRequester: Component, Requester {
  private let url: InterpolatedString
  private let urlBase: InterpolatedString
  private let path: InterpolatedString
  private let method: String
  private let options: InterpolatedRequestOptions
  private let authenticator: any Authenticator
  private let client: HTTPClient
  private let connectTimeout: Double?
  private let readTimeout: Double?
  /// How the decoder wants bodies.
  private let reception: Reception
  /// Tells credentials apart in the response cache; nil where no response is kept.
  private let cacheScope: String?
  private let config: Value
  private let secrets: any Secrets
  /// The config with other secrets in it; nil where what is sent does not depend on them.
  private let shadow: Value?

  let baseURL: InterpolatedString?

  init(from node: ComponentNode, in context: BuildContext) throws {
    let parameters = node.parameters
    func template(_ property: String) throws -> InterpolatedString {
      guard let value = node[property] else { return InterpolatedString("", parameters: parameters) }
      return InterpolatedString(value, parameters: parameters)
    }
    url = try template("url")
    urlBase = try template("url_base")
    path = try template("path")
    baseURL = url.source.isEmpty ? (urlBase.source.isEmpty ? nil : urlBase) : url
    method = try node.optionalString("http_method") ?? "GET"
    options = try InterpolatedRequestOptions(from: node)
    config = context.configValue
    let templates = ["url", "url_base", "path"] + InterpolatedRequestOptions.properties
    shadow = context.shadow(for: templates.compactMap { node[$0] })
    secrets = context.runtime.secrets
    connectTimeout = try Self.seconds("connect_timeout_in_seconds", node)
    readTimeout = try Self.seconds("read_timeout_in_seconds", node)
    reception = context.siblings.decoder?.reception ?? .memory
    let keepsResponses = try node["use_cache"].map { _ in try node.bool("use_cache", default: false) } ?? context.keepsResponses
    cacheScope = keepsResponses ? Self.scope(node["authenticator"]) : nil
    var inner = context
    inner.keepsResponses = false
    inner.siblings.urlBase = baseURL
    authenticator = try inner.build(optional: node["authenticator"], as: (any Authenticator).self) ?? NoAuth()
    client = HTTPClient(
      name: context.streamName, authenticator: authenticator,
      errorHandler: try inner.build(optional: node["error_handler"], as: (any ErrorHandler).self) ?? DefaultErrorHandler(),
      runtime: context.runtime, budget: try context.requesting.budget(in: context),
      cache: keepsResponses ? context.requesting.cache : nil)
  }

  private static func seconds(_ property: String, _ node: ComponentNode) throws -> Double? {
    guard let value = node[property] else { return nil }
    switch value.content {
    case .int(let number): return Double(number)
    case .double(let number): return number
    default: throw node.mismatch(property, "a number of seconds", value)
    }
  }

  func send(_ slice: StreamSlice, token: PageToken?, path: String?, adding parts: RequestParts) async throws -> HTTPResponse {
    let context = slice.evaluationContext(config: config, token: token)
    var merged = try options.parts(context)
    let url = try fullURL(path, context)
    if let shadow { hideDerived(merged, url, path, slice.evaluationContext(config: shadow, token: token)) }
    let credentials = try await authenticator.credentials()
    secrets.hide(credentials: credentials)
    try merged.merge(credentials)
    try merged.merge(parts)
    for (name, value) in merged.parameters {
      if case .object = value { throw ConnectorError(.system, "The query parameter `\(name)` cannot be an object.") }
    }
    for place in [.object(merged.parameters), .object(merged.headers), merged.bodyData, .object(merged.bodyJSON)] {
      secrets.hide(credentialsNamedIn: place)
    }
    var request = try RequestPreparation.request(method: method, url: url, parts: merged)
    // A response that is kept is received wholly.
    let isKept = cacheScope != nil && merged.store == nil
    request.store = try merged.store ?? (reception == .file && !isKept ? TemporaryFile() : nil)
    request.receivesInParts = request.store != nil || reception == .parts && !isKept
    if let connectTimeout { request.connectTimeout = connectTimeout }
    if let readTimeout { request.readTimeout = readTimeout }
    let key = (isKept ? cacheScope : nil).flatMap { scope in
      ResponseCache.Key(
        request,
        credentials: .init(
          headers: Set(credentials.headers.keys), parameters: Set(credentials.parameters.keys), scope: scope))
    }
    return try await client.send(request, key: key)
  }

  /// The authenticator as the manifest describes it; its `$parameters` depend on the place, not on the credentials.
  private static func scope(_ authenticator: ManifestNode?) -> String {
    func plain(_ value: JSONValue) -> JSONValue {
      switch value {
      case .array(let elements): .array(elements.map(plain))
      case .object(let members):
        .object(
          JSONObject(members.filter { $0.key != "$parameters" }.map { ($0.key, plain($0.value)) }, uniquingKeysWith: { $1 }))
      default: value
      }
    }
    return authenticator.map { plain($0.value).jsonText } ?? ""
  }

  /// Hides what templates made of secrets.
  private func hideDerived(_ parts: RequestParts, _ url: String, _ path: String?, _ context: EvaluationContext) {
    let other = try? options.parts(context)
    secrets.hide(derived: .object(parts.parameters), insteadOf: other.map { .object($0.parameters) })
    secrets.hide(derived: .object(parts.headers), insteadOf: other.map { .object($0.headers) })
    secrets.hide(derived: parts.bodyData, insteadOf: other?.bodyData)
    secrets.hide(derived: .object(parts.bodyJSON), insteadOf: other.map { .object($0.bodyJSON) })
    secrets.hide(derived: .string(url), insteadOf: (try? fullURL(path, context)).map { .string($0) })
  }

  private func fullURL(_ override: String?, _ context: EvaluationContext) throws -> String {
    let base = try urlBase.string(context)
    let path = try override.flatMap { $0.isEmpty ? nil : $0 } ?? String(self.path.string(context).drop { $0 == "/" })
    if !base.isEmpty { return URLJoining.join(base, path) }
    let url = try self.url.string(context)
    return path.isEmpty ? url : URLJoining.join(url, path)
  }
}
