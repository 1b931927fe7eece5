import ConnectorModel

/// Sends requests as they are.
struct NoAuth: Component, Authenticator {
  init(from node: ComponentNode, in scope: BuildScope) throws {}
  init() {}
  func credentials() async throws -> RequestParts { RequestParts() }
}
