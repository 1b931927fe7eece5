import ConnectorModel
import JSON
import Manifest

/// Goes through components as the schema describes them, and finds every rule that they break: also where a component cannot be built,
/// or is not built with the config and the state that are at hand.
package struct CompositionPass {
  private var violations: [ConnectorError] = []
  private let registry: ComponentRegistry

  private init(_ registry: ComponentRegistry) { self.registry = registry }

  /// All violations in a component and in what lies in it.
  /// - Parameter scope: the scope that it would be built in.
  package static func violations(in node: ManifestNode, _ scope: BuildScope) -> [ConnectorError] {
    var pass = CompositionPass(scope.registry)
    pass.visit(node, in: scope, depth: 0)
    return pass.violations
  }

  private mutating func visit(_ node: ManifestNode, in scope: BuildScope, depth: Int) {
    guard depth < ManifestNode.deepestWalk else { return }
    if let elements = node.sequence {
      for element in elements { visit(element, in: scope, depth: depth + 1) }
      return
    }
    guard let component = try? ComponentNode(node) else { return }
    if let type = registry.type(named: component.type) {
      enter(component, type, in: scope, depth: depth)
    } else if !component.type.hasPrefix("Custom") {
      // A mapping of components, or a part that its owner reads. What custom code does with its parts is not known.
      for (key, value) in node.entries ?? [] where key != "$parameters" { visit(value, in: scope, depth: depth + 1) }
    }
  }

  private mutating func enter(_ component: ComponentNode, _ type: any Component.Type, in scope: BuildScope, depth: Int) {
    violations += registry.rules.violations(of: component, named: component.type, in: scope)
    guard let properties = ComponentSchema.properties(of: component.type),
      let inner = type.partScope(of: component, in: scope)
    else { return }
    for (key, value) in component.node.entries ?? []
    where properties[key] != nil && !ComponentSchema.isOpaque(key, of: component.type)
      && !ComponentSchema.isDeferred(key, of: component.type)
    {
      let scope = type == StateDelegatingStream.self && key == "incremental_stream" ? Self.continuing(inner) : inner
      visit(value, in: scope, depth: depth + 1)
    }
  }

  /// The scope of a stream that is read only where there is a state.
  private static func continuing(_ scope: BuildScope) -> BuildScope {
    var stream = scope.stream
    if stream.state?.isEmpty ?? true { stream.state = ["": .null] }
    return scope.entering(stream)
  }
}
