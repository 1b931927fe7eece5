import AirbyteProtocol
import Essentials
import ConnectorModel
import JSON
import Jinja
import Manifest
import PythonTime
import Secrets
import Synchronization
import Templating

/// Signs requests with the one of several tokens that has quota left, and waits where none has.
struct RateLimitedMultipleTokenAuthenticator: Component, Authenticator {
  private let tokens: RotatingTokens

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let evaluation = EvaluationContext(config: scope.templateConfig)
    let list = try Self.tokens(node, evaluation)
    guard !list.isEmpty else {
      throw ConnectorError(.config, "The config gives no token to authenticate with", at: try node.required("tokens"))
    }
    let quotas = try node.nodes("quotas").map { try TokenQuota(from: ComponentNode($0), in: scope) }
    guard !quotas.isEmpty else {
      throw ConnectorError(.config, "`\(node.type)` needs a quota in `quotas`", at: node.node, cause: .missing(["quotas"]))
    }
    list.forEach(scope.runtime.secrets.hide(_:))
    let method = try node.optionalString("auth_method") ?? ""
    let header = try node.optionalString("header") ?? ""
    let settings = RotatingTokens.Settings(
      tokens: list, quotas: quotas,
      source: try QuotaStatusSource(from: ComponentNode(node.required("quota_status_source")), in: scope),
      authMethod: method.isEmpty ? "Bearer" : method, header: header.isEmpty ? "Authorization" : header,
      maxWait: try Self.maxWait(node, evaluation), reserveFraction: node["budget_reserve_fraction"]?.double ?? 0.1,
      minReserve: try node.int("budget_min_reserve") ?? 50)
    let matchers = try node.nodes("quotas").map { quota in try ComponentNode(quota).nodes("matchers").map(Self.written) }
    tokens = scope.run.shared(AuthenticationState.self).shared(by: settings.key(matchers)) {
      RotatingTokens(settings, runtime: scope.runtime)
    }
  }

  func credentials() async throws -> RequestParts {
    var parts = RequestParts()
    let header = tokens.currentHeader
    parts.headers[header.name] = .string(header.value)
    return parts
  }

  var rotation: (any TokenRotation)? { tokens }

  private static func tokens(_ node: ComponentNode, _ evaluation: EvaluationContext) throws -> [String] {
    let value = try node.required("tokens")
    func trimmed(_ text: some StringProtocol) -> String { text.trimmed(.whitespacesAndNewlines) }
    if value.string != nil {
      let delimiter = try node.optionalString("token_delimiter") ?? ""
      return try InterpolatedString(value).string(evaluation)
        .components(separatedBy: delimiter.isEmpty ? "," : delimiter).map { trimmed($0) }.filter { !$0.isEmpty }
    }
    return try node.nodes("tokens").map { trimmed(try InterpolatedString($0).string(evaluation)) }.filter { !$0.isEmpty }
  }

  /// A matcher as it is written, without what is around it.
  private static func written(_ matcher: ManifestNode) -> JSONValue {
    .object(JSONObject((matcher.mapping ?? [:]).filter { $0.key != "$parameters" }.map { ($0.key, $0.value.value) }) { $1 })
  }

  /// Seconds.
  private static func maxWait(_ node: ComponentNode, _ evaluation: EvaluationContext) throws -> Double {
    guard let value = node["max_wait_time"], value.string != "" else { return 7_200 }
    let text = try InterpolatedString(value).string(evaluation)
    guard case .timeDelta(let delta)? = try? ISODuration(parsing: text) else {
      throw ConnectorError(
        .system, "`max_wait_time` should be a duration of fixed length such as PT2H, but is `\(text)`", at: value)
    }
    return delta.totalSeconds
  }
}
