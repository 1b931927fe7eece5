import ConnectorModel
import JSON
import Jinja
import Templating

/// Sends a token as `Authorization: Bearer …`.
struct BearerAuthenticator: Component, Authenticator {
  private let token: InterpolatedString
  private let config: TemplateConfig

  init(from node: ComponentNode, in scope: BuildScope) throws {
    token = try InterpolatedString(node.required("api_token"), parameters: node.parameters)
    config = scope.templateConfig
  }

  func credentials() async throws -> RequestParts {
    var parts = RequestParts()
    parts.headers["Authorization"] = .string("Bearer " + (try token.string(EvaluationContext(config: config))))
    return parts
  }
}
