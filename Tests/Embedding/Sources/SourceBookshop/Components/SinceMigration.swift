import LowCode

/// Reads the states that an earlier version of the connector kept, by the name that they have now.
struct SinceMigration: Component, StateMigration {
  init(from node: ComponentNode, in scope: BuildScope) throws {}

  func migrate(_ state: JSONObject, of stream: ComponentNode, in scope: BuildScope) async throws -> JSONObject {
    guard state.count == 1, let since = state["since"] else { return state }
    return ["created_at": since]
  }
}
