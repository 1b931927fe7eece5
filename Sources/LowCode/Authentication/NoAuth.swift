/// Sends requests as they are.
struct NoAuth: Component, Authenticator {
  init(from node: ComponentNode, in context: BuildContext) throws {}
  init() {}
  func credentials() async throws -> RequestParts { RequestParts() }
}
