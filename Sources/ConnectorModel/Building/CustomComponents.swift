import JSON
import Manifest

/// Makes the components of `Custom…` types that have no class in Swift, such as those that are written in another language.
package protocol CustomComponents: Sendable {
  /// Makes ready what the trees of `nodes` need, before they are built. What is wrong with a component is said when it is asked for.
  /// - Parameter scope: what the trees are built in.
  /// - Returns: the config as it is then, because a component may change it while it is made; nil if it stays as it is. Whatever is
  /// built afterwards sees it.
  func prepare(_ nodes: [ManifestNode], in scope: BuildScope) async throws -> JSONObject?
  /// The component that `node` describes, as a type that fulfils the role of its place; nil if it is not one of these.
  /// - Throws: ``ConnectorError`` with the place of the cause.
  func component(for node: ComponentNode, in scope: BuildScope) throws -> (any Sendable)?
}

extension BuildScope {
  /// The same scope once the custom components of what is to be built in it were made.
  package func settled(for nodes: [ManifestNode]) async throws -> BuildScope {
    guard let custom = run.custom, let config = try await custom.prepare(nodes, in: self) else { return self }
    return with(run.settling(config: config))
  }
}

extension CustomComponents {
  package func prepare(_ nodes: [ManifestNode], in scope: BuildScope) async throws -> JSONObject? { nil }
}
