import AirbyteProtocol
import Manifest

/// The one list of the components that can be built, by the name that manifests use.
///
/// An application adds its own to those of the manifest language:
///
/// ```swift
/// let components = ComponentRegistry.standard.adding(SignedRequests.self)
/// ```
public struct ComponentRegistry: Sendable {
  private var types: [String: any Component.Type]
  /// The components of an application, by what a `class_name` calls them.
  private var classes: [String: any Component.Type] = [:]
  /// What holds between the components.
  package let rules: CompositionRules

  package init(_ types: [any Component.Type], rules: CompositionRules = CompositionRules()) {
    self.rules = rules
    self.types = Dictionary(types.map { ($0.typeName, $0) }, uniquingKeysWith: { $1 })
  }

  /// The names of all components that can be built.
  package var names: Set<String> { Set(types.keys) }

  package func type(named name: String) -> (any Component.Type)? { types[name] }

  /// What a `class_name` may be.
  package var classNames: Set<String> { Set(classes.keys) }

  /// The same with components of an application, which a manifest names by their ``Component/className``. The last one of a name
  /// counts.
  public func adding(_ types: any Component.Type...) -> ComponentRegistry {
    var copy = self
    for type in types { copy.classes[type.className] = type }
    return copy
  }

  /// The same without a component: what needs it cannot be built.
  package func without(_ name: String) -> ComponentRegistry {
    var copy = self
    copy.types[name] = nil
    return copy
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
    } catch let pending as PendingMigration {
      throw pending
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
      guard name.hasPrefix("Custom") else { throw ConnectorError.unsupported(name, at: node) }
      if let type = node["class_name"]?.string.flatMap({ classes[$0] }) { return try build(type, component, as: role, in: scope) }
      guard let built = try scope.run.custom?.component(for: component, in: scope) else { throw ConnectorError.custom(node) }
      guard let fitting = built as? Role else { throw ConnectorError(.system, "A `\(name)` is not allowed here", at: node) }
      return fitting
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

  /// Builds a component of an application.
  private func build<Role>(
    _ type: any Component.Type, _ component: ComponentNode, as role: Role.Type, in scope: BuildScope
  ) throws -> Role {
    let place = component["class_name"] ?? component.node
    let built: any Component
    do {
      built = try type.init(from: component, in: scope)
    } catch let error where error is ConnectorError || error is PendingMigration {
      throw error
    } catch {
      throw ConnectorError(.system, "`\(type.className)` could not be built: \(error)", at: place)
    }
    guard let fitting = built as? Role else {
      let name = String(describing: Role.self)
      let protocolName = name.hasPrefix("any ") ? String(name.dropFirst(4)) : name
      throw ConnectorError(
        .system, "`\(type.className)` cannot be used here: its Swift type `\(type.typeName)` is no `\(protocolName)`", at: place)
    }
    return fitting
  }
}
