import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON
import Jinja
import Manifest
import Secrets

/// Describes the requests of a stream: where to, what with, and what to do about errors.
package struct HttpRequester: Component, Requester {
  private let address: RequesterAddress
  private let method: String
  private let options: InterpolatedRequestOptions
  private let authenticator: any Authenticator
  private let client: HTTPClient
  private let connectTimeout: Double?
  private let readTimeout: Double?
  /// How the decoder needs bodies.
  private let reception: Reception
  /// Tells credentials apart in the response cache; nil if no response is kept.
  private let cacheScope: String?
  private let config: TemplateConfig
  private let secrets: any Secrets
  /// The config with other secrets in it; nil if what is sent does not depend on them.
  private let shadow: TemplateConfig?
  private let origin: RequestOrigin.Requester

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    address = RequesterAddress(from: node)
    method = try node.optionalString("http_method") ?? "GET"
    options = try InterpolatedRequestOptions(from: node)
    config = scope.templateConfig
    let templates = ["url", "url_base", "path"] + InterpolatedRequestOptions.properties
    shadow = scope.run.shadow(for: templates.compactMap { node[$0] })
    secrets = scope.runtime.secrets
    origin = RequestOrigin.Requester(
      stream: scope.streamName, node: node.node, properties: templates + ["http_method", "authenticator"],
      manifest: scope.run.manifest)
    connectTimeout = try Self.seconds("connect_timeout_in_seconds", node)
    readTimeout = try Self.seconds("read_timeout_in_seconds", node)
    reception = scope.exchange.reception ?? scope.exchange.decoder?.reception ?? .memory
    // A trial shows each request.
    let keepsResponses =
      try node["use_cache"].map { _ in try node.bool("use_cache", default: false) } ?? scope.exchange.keepsResponses
      && scope.runtime.trial == nil
    cacheScope = keepsResponses ? node["authenticator"]?.identity(scope.templateConfig) ?? "" : nil
    let inner = scope.entering(ExchangeScope(decoder: scope.exchange.decoder, requester: node))
    let shared = scope.run.shared(RequestingState.self)
    authenticator = try inner.build(optional: node["authenticator"], as: (any Authenticator).self) ?? NoAuth()
    client = HTTPClient(
      name: scope.streamName, authenticator: authenticator,
      errorHandler: try inner.build(optional: node["error_handler"], as: (any ErrorHandler).self) ?? DefaultErrorHandler(),
      runtime: scope.runtime, budget: try shared.budget(in: scope),
      cache: keepsResponses ? shared.cache : nil)
  }

  private static func seconds(_ property: String, _ node: ComponentNode) throws -> Double? {
    guard let value = node[property] else { return nil }
    switch value.content {
    case .int(let number): return Double(number)
    case .double(let number): return number
    default: throw node.mismatch(property, "a number of seconds", value)
    }
  }

  package func send(_ slice: StreamSlice, token: PageToken?, path: String?, adding parts: RequestParts) async throws
    -> HTTPResponse
  {
    let context = slice.evaluationContext(config: config, token: token)
    var merged = try options.parts(context)
    if let shadow {
      try hideDerived(
        merged, to: path, token: token, in: context, insteadOf: slice.evaluationContext(config: shadow, token: token))
    }
    let credentials = try await authenticator.credentials()
    secrets.hide(credentials: credentials)
    let added = client.runtime.explainsRequests ? parts.additions : []
    try merged.merge(credentials)
    try merged.merge(parts)
    for (name, value) in merged.parameters {
      if case .object = value { throw ConnectorError(.system, "The query parameter `\(name)` cannot be an object") }
    }
    for place in [.object(merged.parameters), .object(merged.headers), merged.bodyData, .object(merged.bodyJSON)] {
      secrets.hide(credentialsNamedIn: place)
    }
    merged.lastingParameters.formUnion(credentials.parameters.keys)
    var request = try self.request(to: path, token, &merged, context)
    // A response that is kept is received completely.
    let isKept = cacheScope != nil && merged.store == nil
    request.store = merged.store ?? (reception == .file && !isKept ? SpooledBody() : nil)
    request.receivesInParts = request.store != nil || reception == .parts && !isKept && merged.checkEnd == nil
    request.checkEnd = merged.checkEnd
    request.emptyCredential = credentials.emptyCredential
    request.origin = RequestOrigin(origin, slice: slice)
    if client.runtime.explainsRequests {
      request.origin?.making = RequestMaking(
        context: context, additions: added, credentials: credentials.allAdditions(), followsLink: path?.isEmpty == false)
    }
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

  /// The request, to a page's own address where the paginator gives one.
  private func request(
    to link: String?, _ token: PageToken?, _ parts: inout RequestParts, _ context: EvaluationContext
  ) throws -> HTTPRequest {
    guard let link, !link.isEmpty else {
      return try RequestPreparation.request(method: method, url: try address.own(context), parts: parts, node: address.node)
    }
    var url = RequestURL(try address.target(of: link, in: token?.page, context))
    // What the link brings along is not sent twice.
    if let query = url.query {
      url.query = Substring(QueryText(query).removing(parts.lastingParameters.intersection(parts.parameters.keys)))
      let brought = QueryText(url.query ?? "")
      parts.parameters.removeAll { brought.has($0.key) }
    }
    return try RequestPreparation.request(
      method: method, url: url.description, parts: parts, givenBy: token?.page, node: address.node)
  }

  /// Hides what templates made of secrets: what differs where the config has `other` secrets.
  private func hideDerived(
    _ parts: RequestParts, to link: String?, token: PageToken?, in context: EvaluationContext, insteadOf other: EvaluationContext
  ) throws {
    let others = try? options.parts(other)
    secrets.hide(derived: .object(parts.parameters), insteadOf: others.map { .object($0.parameters) })
    secrets.hide(derived: .object(parts.headers), insteadOf: others.map { .object($0.headers) })
    secrets.hide(derived: parts.bodyData, insteadOf: others?.bodyData)
    secrets.hide(derived: .object(parts.bodyJSON), insteadOf: others.map { .object($0.bodyJSON) })
    secrets.hide(
      derived: .string(try target(link, token, context)), insteadOf: (try? target(link, token, other)).map { .string($0) })
  }

  private func target(_ link: String?, _ token: PageToken?, _ context: EvaluationContext) throws -> String {
    guard let link, !link.isEmpty else { return try address.own(context) }
    return try address.target(of: link, in: token?.page, context)
  }
}
