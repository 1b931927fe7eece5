import AirbyteProtocol
import Manifest

/// The one list of the components that can be built, by the name that manifests use.
package struct ComponentRegistry: Sendable {
  private let types: [String: any Component.Type]
  /// What holds between the components.
  package let rules: CompositionRules

  package init(_ types: [any Component.Type], rules: CompositionRules = CompositionRules()) {
    self.rules = rules
    self.types = Dictionary(types.map { ($0.typeName, $0) }, uniquingKeysWith: { $1 })
  }

  /// The names of all components that can be built.
  package var names: Set<String> { Set(types.keys) }

  package func type(named name: String) -> (any Component.Type)? { types[name] }

  /// The same without a component: what needs it cannot be built.
  package func without(_ name: String) -> ComponentRegistry {
    ComponentRegistry(types.values.filter { $0.typeName != name }, rules: rules)
  }

  /// - Parameter name: the type to build; nil if the node has to name it.
  package func build<Role>(_ node: ManifestNode, named name: String? = nil, as role: Role.Type, in scope: BuildScope) throws
    -> Role
  {
    let component = try ComponentNode(node)
    let name = name ?? component.type
    guard let recovery = scope.run.recovery else { return try build(component, named: name, as: role, in: scope) }
    if recovery.begin(node) { recovery.note(rules.violations(of: component, named: name, in: scope)) }
    do {
      return try build(component, named: name, as: role, in: scope)
    } catch {
      recovery.fail(component, with: error, in: scope)
      throw error
    }
  }

  private func build<Role>(
    _ component: ComponentNode, named name: String, as role: Role.Type, in scope: BuildScope
  ) throws -> Role {
    let node = component.node
    guard !name.isEmpty else { throw ConnectorError(.system, "A component needs a `type` here", at: node) }
    guard let type = types[name] else {
      throw name.hasPrefix("Custom") ? ConnectorError.custom(node) : .unsupported(name, at: node)
    }
    // Where everything is wanted that is wrong, a rule keeps nothing from being built.
    let enforces = scope.run.recovery == nil
    if enforces { try rules.enforce(on: component, named: name, in: scope, precedingParts: true) }
    guard let built = try type.init(from: component, in: scope) as? Role else {
      throw ConnectorError(.system, "A `\(name)` is not allowed here", at: node)
    }
    if enforces { try rules.enforce(on: component, named: name, in: scope, precedingParts: false) }
    return built
  }
}
