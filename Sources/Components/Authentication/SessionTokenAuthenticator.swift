import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import PythonTime
import Secrets
import Templating

/// Logs in by a request of its own, and sends the session's token with each request.
struct SessionTokenAuthenticator: Component, Authenticator {
  /// How the token is sent.
  private enum Use: Sendable {
    case bearer
    case option(RequestOption, template: InterpolatedString)
  }

  private let session: SessionTokenProvider
  private let use: Use
  private let config: TemplateConfig

  init(from node: ComponentNode, in scope: BuildScope) throws {
    session = try SessionTokenProvider(from: node, in: scope)
    config = scope.templateConfig
    let authentication = try ComponentNode(node.required("request_authentication"))
    switch authentication.type {
    case "Bearer": use = .bearer
    case "ApiKey":
      let text = try authentication.optionalString("api_token") ?? ""
      use = .option(
        try scope.build(authentication.required("inject_into")),
        template: InterpolatedString(
          text.isEmpty ? "{{ session_token }}" : text, parameters: node.parameters,
          mark: authentication["api_token"]?.mark))
    default:
      throw ConnectorError(
        .config, "`request_authentication` should have the `type` ApiKey or Bearer", at: authentication.node)
    }
  }

  func credentials() async throws -> RequestParts {
    let token = try await session.token()
    var parts = RequestParts()
    switch use {
    case .bearer: parts.headers["Authorization"] = .string("Bearer " + PythonStrings.str(token))
    case .option(let option, let template):
      let context = EvaluationContext(config: config, bindings: [(.sessionToken, Value(token))])
      try option.inject(.string(try template.string(context)), into: &parts)
    }
    return parts
  }
}

extension Symbol {
  static let sessionToken = Symbol("session_token")
}
