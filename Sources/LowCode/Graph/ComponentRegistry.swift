import AirbyteProtocol

/// The one list of the components that can be built, by the name that manifests use.
package struct ComponentRegistry: Sendable {
  private let types: [String: any Component.Type]

  package init(_ types: [any Component.Type]) {
    self.types = Dictionary(types.map { ($0.typeName, $0) }, uniquingKeysWith: { $1 })
  }

  /// The names of all components that can be built.
  package var names: Set<String> { Set(types.keys) }

  func has(_ name: String) -> Bool { types[name] != nil }

  /// The same without a component: what needs it cannot be built.
  package func without(_ name: String) -> ComponentRegistry { ComponentRegistry(types.values.filter { $0.typeName != name }) }

  func build<Role>(_ node: ManifestNode, as role: Role.Type, in context: BuildContext) throws -> Role {
    let component = try ComponentNode(node)
    guard let salvage = context.salvage else { return try build(component, as: role, in: context) }
    salvage.begin(node)
    do {
      return try build(component, as: role, in: context)
    } catch {
      salvage.fail(component, with: error, in: context)
      throw error
    }
  }

  private func build<Role>(_ component: ComponentNode, as role: Role.Type, in context: BuildContext) throws -> Role {
    let node = component.node
    guard let type = types[component.type] else {
      throw component.type.hasPrefix("Custom") ? ConnectorError.custom(node) : .unsupported(component.type, at: node)
    }
    guard let built = try type.init(from: component, in: context) as? Role else {
      throw ConnectorError(.system, "A `\(component.type)` cannot stand here.", at: node)
    }
    return built
  }
}
