import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON
import Jinja
import Manifest
import Templating

/// The request that asks what is left of a token's quotas.
struct QuotaStatusSource: Component {
  let url: String
  let method: String
  let headers: JSONObject
  /// The statuses that say that the API keeps no quotas.
  let unavailableStatusCodes: Set<Int>

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let evaluation = EvaluationContext(config: scope.templateConfig)
    url = try InterpolatedString(node.required("url")).string(evaluation)
    method = try node.optionalString("http_method") ?? "GET"
    var headers: JSONObject = [:]
    for (name, value) in node["request_headers"]?.mapping ?? [:] {
      headers[name] = .string(try InterpolatedString(value).string(evaluation))
    }
    self.headers = headers
    unavailableStatusCodes = Set(try node.nodes("unavailable_status_codes").compactMap(\.int))
  }

  /// The quotas' states for the token that `authorization` names; nil if the API keeps none.
  /// - Throws: ``ConnectorError`` if the request fails.
  func states(of quotas: [TokenQuota], authorization: (name: String, value: String), runtime: RuntimeEnvironment) async throws
    -> [QuotaState]?
  {
    var parts = RequestParts()
    parts.headers = headers
    parts.headers[authorization.name] = .string(authorization.value)
    let client = HTTPClient(
      name: "quota_status", authenticator: NoAuth(), errorHandler: QuotaErrorHandler(ignored: unavailableStatusCodes),
      runtime: runtime)
    var request = try RequestPreparation.request(method: method, url: url, parts: parts)
    request.checkEnd = { try $0.checkJSONEnd() }
    let response = try await client.send(request)
    if unavailableStatusCodes.contains(response.status) { return nil }
    guard let status = response.json else {
      throw runtime.refusal("The quota status cannot be used: it is not JSON", response)
    }
    return try quotas.map { try $0.state(in: status) }
  }
}

/// The default for each status, but for those that only say that there are no quotas.
private struct QuotaErrorHandler: ErrorHandler {
  let ignored: Set<Int>
  private let standard = DefaultErrorHandler()

  init(ignored: Set<Int>) { self.ignored = ignored }

  func interpret(_ attempt: Attempt) throws -> ErrorResolution {
    if let status = attempt.response?.status, ignored.contains(status) { return ErrorResolution(.ignore, .transient) }
    return try standard.interpret(attempt)
  }
}
