import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Secrets

/// Chooses one of several authenticators by a value of the config. A choice that cannot be made is a `.system` failure, as in the
/// reference.
package struct SelectiveAuthenticator: Component, Authenticator {
  private let selected: any Authenticator

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    let pathNode = try node.required("authenticator_selection_path")
    let path = try node.strings("authenticator_selection_path")
    guard let choices = try node.required("authenticators").mapping else {
      throw node.mismatch("authenticators", "a mapping of names to authenticators", try node.required("authenticators"))
    }
    guard let value = try JSONGlobPath(path).get(in: .object(scope.config)) else {
      throw ConnectorError(
        .system, "The config has no `\(path.joined(separator: "."))`, which says how to authenticate", at: pathNode)
    }
    let key = PythonStrings.str(value)
    var selected: (any Authenticator)?
    // All are built, so that a mistake in any of them is found; what cannot run matters only where it is chosen.
    for (name, choice) in choices {
      do {
        let authenticator = try scope.build(choice, as: (any Authenticator).self)
        if name == key { selected = authenticator }
      } catch let error as ConnectorError where error.isUnsupported && name != key {}
    }
    guard let selected else {
      throw ConnectorError(
        .system,
        "The config's `\(path.joined(separator: "."))` is `\(key)`, but there are authenticators only for "
          + choices.keys.joined(separator: ", "), at: node.node)
    }
    self.selected = selected
  }

  package var rotation: (any TokenRotation)? { selected.rotation }

  package func credentials() async throws -> RequestParts { try await selected.credentials() }
  package func sign(_ request: inout HTTPRequest) async throws { try await selected.sign(&request) }
  package func refresh(after request: HTTPRequest) async throws -> Bool { try await selected.refresh(after: request) }
}
