import AirbyteProtocol
import Manifest

/// The one list of the components that can be built, by the name that manifests use.
///
/// An application registers its own beside those of the manifest language:
///
/// ```swift
/// var components = ComponentRegistry.standard
/// components.register(SignedRequests.self, asClass: "source_shop.components.SignedRequests")
/// ```
///
/// A manifest names one by its `class_name`. So the same manifest runs here with a class in Swift, and with the class in Python of that
/// name where there is none.
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

  /// Registers a component of an application. The last one of a name counts.
  ///
  /// - Parameters:
  ///   - type: a type that conforms to the protocol of a role which a manifest has a `Custom…` type for, such as ``Authenticator``;
  ///   registering any other is a mistake in the program, and ends it.
  ///   - name: the manifest's `class_name`, as `source_shop.components.SignedRequests`. The last part of it alone stands for the classes of
  ///   that name in any module. By default the type's ``Component/className``.
  public mutating func register(_ type: any Component.Type, asClass name: String? = nil) {
    precondition(
      !ComponentRole.all(of: type).isEmpty,
      "\(type) has no role that a `Custom…` component of a manifest can have: conform to Authenticator, RecordTransformation or another "
        + "one of the protocols of roles")
    classes[Self.plain(name ?? type.className)] = type
  }

  /// The same with components of an application, which a manifest names by their ``Component/className``: see
  /// ``register(_:asClass:)``.
  public func adding(_ types: any Component.Type...) -> ComponentRegistry {
    var copy = self
    for type in types { copy.register(type) }
    return copy
  }

  /// The application's component that a `class_name` means; nil if there is none.
  package func type(ofClass name: String) -> (any Component.Type)? {
    if classes.isEmpty { return nil }
    let name = Self.plain(name)
    return classes[name] ?? name.split(separator: ".").last.flatMap { classes[String($0)] }
  }

  /// As in the reference, the module of a manifest's own components has two names.
  private static func plain(_ name: String) -> String {
    let package = "source_declarative_manifest."
    return name.hasPrefix(package) ? String(name.dropFirst(package.count)) : name
  }

  /// The same without a component: what needs it cannot be built.
  package func without(_ name: String) -> ComponentRegistry {
    var copy = self
    copy.types[name] = nil
    return copy
  }

  /// The same with another component in the place of one.
  package func replacing(_ name: String, by type: any Component.Type) -> ComponentRegistry {
    var copy = self
    copy.types[name] = type
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
      if let type = node["class_name"]?.string.flatMap(type(ofClass:)) { return try build(type, component, as: role, in: scope) }
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
      throw ConnectorError(.system, "`\(place.string ?? type.className)` could not be built: \(error)", at: place)
    }
    guard let fitting = built as? Role else {
      let name = String(describing: Role.self)
      let protocolName = name.hasPrefix("any ") ? String(name.dropFirst(4)) : name
      throw ConnectorError(
        .system,
        "`\(place.string ?? type.className)` cannot be used here: its Swift type `\(type.typeName)` is no `\(protocolName)`",
        at: place)
    }
    return fitting
  }
}
