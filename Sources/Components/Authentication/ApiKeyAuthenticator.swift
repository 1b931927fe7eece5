import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Sends a key in a header, a query parameter or the body.
package struct ApiKeyAuthenticator: Component, Authenticator {
  private let place: RequestOption
  private let token: InterpolatedString
  private let config: TemplateConfig

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    let option = try scope.build(optional: node["inject_into"], seeing: node.parameters)
    switch (option, node["header"]) {
    case (let option?, nil): place = option
    case (nil, let header?):
      place = RequestOption(header: InterpolatedString(header, parameters: node.parameters), config: scope.templateConfig)
    case (nil, nil):
      throw ConnectorError(
        .system, "`ApiKeyAuthenticator` needs `inject_into`, which says where the key goes", at: node.node,
        cause: .missing(["inject_into"]))
    default:
      throw ConnectorError(
        .system, "`ApiKeyAuthenticator` takes `inject_into` or the older `header`, not both: remove `header`", at: node.node)
    }
    token = node["api_token"].map { InterpolatedString($0, parameters: node.parameters) } ?? InterpolatedString("")
    config = scope.templateConfig
  }

  package func credentials() async throws -> RequestParts {
    var parts = RequestParts()
    try place.inject(.string(try token.string(EvaluationContext(config: config))), into: &parts)
    return parts
  }
}
