import JSON
import Synchronization

/// Continues after a component fails to build, so that the components nested in it report their errors too.
///
/// For reporting everything to an author at once. What is built this way is thrown away.
package final class BuildSalvage: Sendable {
  private struct State {
    /// The places of the components that were built, or tried.
    var begun: Set<String> = []
    /// Those that were tried again without a value that cannot be right.
    var reduced: Set<String> = []
    var errors: [ConnectorError] = []
  }

  private let state = Mutex(State())

  /// Properties whose components count only later, or only where the config says so.
  private static let deferred: Set<String> = ["stream_template", "$parameters"]

  init() {}

  /// What kept components from being built, in the order in which it was found; some of it more than once.
  var errors: [ConnectorError] { state.withLock { $0.errors } }

  func begin(_ node: ManifestNode) {
    let path = node.path
    state.withLock { _ = $0.begun.insert(path) }
  }

  /// Notes why a component failed, and builds what it did not reach.
  func fail(_ component: ComponentNode, with error: any Error, in context: BuildContext) {
    let error = ConnectorError(wrapping: error)
    state.withLock { state in
      // If a component lacks something because a value was left out, the manifest is not wrong.
      if !state.reduced.contains(component.node.path) || error.path != component.node.path { state.errors.append(error) }
    }
    // What custom code does with its parts is not known, and streams of a condition may not exist.
    guard !component.type.hasPrefix("Custom"), component.type != ConditionalStreams.typeName,
      let properties = ComponentSchema.properties(of: component.type)
    else { return }
    if let reduced = without(error, component, properties) { return _ = try? context.build(reduced, as: (any Component).self) }
    for (key, value) in component.node.entries ?? [] where properties[key] != nil && !Self.deferred.contains(key) {
      buildRest(of: value, in: surroundings(of: component, context), depth: 0)
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

  private func buildRest(of node: ManifestNode, in context: BuildContext, depth: Int) {
    // Lists and mappings of components are no deeper.
    guard depth < 4 else { return }
    if let elements = node.sequence {
      for element in elements { buildRest(of: element, in: context, depth: depth + 1) }
    } else if let type = node["type"]?.string, context.registry.has(type) {
      let path = node.path
      guard !(state.withLock { $0.begun.contains(path) }) else { return }
      // What keeps it from being built comes here by the registry.
      _ = try? context.build(node, as: (any Component).self)
    } else {
      for (_, value) in node.entries ?? [] { buildRest(of: value, in: context, depth: depth + 1) }
    }
  }

  /// What the parts of a component find around them, as far as it depends on nothing that was not built.
  private func surroundings(of component: ComponentNode, _ context: BuildContext) -> BuildContext {
    var inner = context
    switch component.type {
    case DeclarativeStream.typeName, StateDelegatingStream.typeName:
      inner.streamName = component["name"]?.string ?? ""
      inner.siblings = SiblingContext()
      inner.siblings.incrementalSync = component["incremental_sync"]
    case ParentStreamConfig.typeName:
      inner.streamState = nil
      inner.siblings = SiblingContext()
    default: break
    }
    return inner
  }
}
