import JSON
import Manifest
import Synchronization

/// Continues after a component fails to build, so that the components nested in it report their errors too.
///
/// For reporting everything to an author at once. What is built this way is thrown away.
package final class BuildRecovery: Sendable {
  private struct State {
    /// The places of the components that were built, or tried.
    var begun: Set<String> = []
    /// Those that were tried again without a value that cannot be right.
    var reduced: Set<String> = []
    var errors: [ConnectorError] = []
  }

  private let state = Mutex(State())

  /// Lists and mappings of components are no deeper.
  private static let deepestNesting = 4

  package init() {}

  /// What kept components from being built, in the order in which it was found; some of it more than once.
  package var errors: [ConnectorError] { state.withLock { $0.errors } }

  /// - Returns: whether the component is tried for the first time.
  package func begin(_ node: ManifestNode) -> Bool {
    let path = node.path
    return state.withLock { $0.begun.insert(path).inserted }
  }

  /// Notes what keeps a component from being used, but not from being built.
  package func note(_ errors: [ConnectorError]) {
    if !errors.isEmpty { state.withLock { $0.errors += errors } }
  }

  /// Notes why a component failed, and builds what it did not reach.
  package func fail(_ component: ComponentNode, with error: any Error, in scope: BuildScope) {
    let error = ConnectorError(wrapping: error)
    state.withLock { state in
      // If a component lacks something because a value was left out, the manifest is not wrong.
      if !state.reduced.contains(component.node.path) || error.path != component.node.path { state.errors.append(error) }
    }
    // What custom code does with its parts is not known.
    guard !component.type.hasPrefix("Custom"), let properties = ComponentSchema.properties(of: component.type) else { return }
    if let reduced = without(error, component, properties) { return _ = try? scope.build(reduced, as: (any Component).self) }
    let type = scope.registry.type(named: component.type)
    guard let inner = type.map({ $0.partScope(of: component, in: scope) }) ?? scope else { return }
    for (key, value) in component.node.entries ?? []
    where key != "$parameters" && properties[key] != nil && !ComponentSchema.isDeferred(key, of: component.type) {
      buildRest(of: value, in: inner, depth: 0)
    }
  }

  /// The component without the property that an error is about, where it may be left out.
  private func without(_ error: ConnectorError, _ component: ComponentNode, _ properties: JSONObject) -> ManifestNode? {
    let required = ComponentSchema.requiredProperties(of: component.type) ?? []
    let place = component.node.path
    guard let culprit = (component.node.entries ?? []).first(where: { $0.node.path == error.path }),
      properties[culprit.key] != nil, !required.contains(culprit.key), culprit.node.mapping == nil
    else { return nil }
    state.withLock { _ = $0.reduced.insert(place) }
    return component.node.removing(culprit.key)
  }

  private func buildRest(of node: ManifestNode, in scope: BuildScope, depth: Int) {
    guard depth < Self.deepestNesting else { return }
    if let elements = node.sequence {
      for element in elements { buildRest(of: element, in: scope, depth: depth + 1) }
    } else if let type = node["type"]?.string, scope.registry.type(named: type) != nil {
      let path = node.path
      guard !(state.withLock { $0.begun.contains(path) }) else { return }
      // What keeps it from being built comes here by the registry.
      _ = try? scope.build(node, as: (any Component).self)
    } else {
      for (_, value) in node.entries ?? [] { buildRest(of: value, in: scope, depth: depth + 1) }
    }
  }
}
