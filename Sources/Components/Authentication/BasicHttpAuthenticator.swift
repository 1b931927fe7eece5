import ConnectorModel
import Essentials
import JSON
import Jinja
import Secrets
import Templating

/// Sends a user name and a password as `Authorization: Basic …` (RFC 7617).
struct BasicHttpAuthenticator: Component, Authenticator {
  private let username: InterpolatedString
  private let password: InterpolatedString
  private let config: TemplateConfig
  private let secrets: any Secrets

  init(from node: ComponentNode, in scope: BuildScope) throws {
    username = try InterpolatedString(node.required("username"), parameters: node.parameters)
    password = node["password"].map { InterpolatedString($0, parameters: node.parameters) } ?? InterpolatedString("")
    config = scope.templateConfig
    secrets = scope.runtime.secrets
  }

  func credentials() async throws -> RequestParts {
    let context = EvaluationContext(config: config)
    let password = try password.string(context)
    secrets.hidePassing(password)
    let pair = try username.string(context) + ":" + password
    var parts = RequestParts()
    parts.headers["Authorization"] = .string("Basic " + Data(pair.utf8).base64EncodedString())
    return parts
  }
}
