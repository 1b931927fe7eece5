import LowCode

/// Wants a value to be the address of a web site.
struct WebAddress: Component, ValidationStrategy {
  private let node: ComponentNode

  init(from node: ComponentNode, in scope: BuildScope) throws { self.node = node }

  func validate(_ value: JSONValue) async throws {
    guard value.string?.hasPrefix("http") == true else {
      throw ConnectorError(.config, "The address of the shop should begin with http", at: node.node)
    }
  }
}
