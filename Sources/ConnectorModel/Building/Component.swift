/// A part of the graph that a manifest describes: it decodes itself from its node and does its work.
///
/// A component of the manifest language is named exactly as its `type`. A component of an application is a `Custom…` type in the
/// manifest, whose `class_name` is the ``className`` of the Swift type:
///
/// ```yaml
/// authenticator:
///   type: CustomAuthenticator
///   class_name: source_shop.components.SignedRequests
///   secret: "{{ config['secret'] }}"
/// ```
public protocol Component: Sendable {
  /// Builds the component and everything below it; whatever can be checked is checked here.
  /// - Throws: ``ConnectorError`` with the place of the cause.
  init(from node: ComponentNode, in scope: BuildScope) throws
  /// The scope of the component's parts where the component itself cannot be built, so that their mistakes are reported as well: as far
  /// as it depends on nothing that was not built. Nil where its parts count under conditions alone.
  static func partScope(of node: ComponentNode, in scope: BuildScope) -> BuildScope?
  /// What a manifest's `class_name` calls the component, where it is not of the manifest language: the path of a class, as in
  /// `source_shop.components.SignedRequests`. By default the name of the type.
  static var className: String { get }
}

extension Component {
  public static func partScope(of node: ComponentNode, in scope: BuildScope) -> BuildScope? { scope }

  public static var className: String { typeName }

  /// The manifest's name of the component.
  ///
  /// `String(describing:)` gives the same, but looks through all conformances of the program first, which for all components took a
  /// fifth of a start.
  package static var typeName: String { _typeName(Self.self, qualified: false) }
}
