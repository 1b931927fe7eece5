/// A part of the graph that a manifest describes: it decodes itself from its node and does its work.
///
/// The type is named exactly as in the manifest, so its name is the manifest's `type`.
package protocol Component: Sendable {
  /// Builds the component and everything below it; whatever can be checked is checked here.
  /// - Throws: ``ConnectorError`` with the place of the cause.
  init(from node: ComponentNode, in scope: BuildScope) throws
  /// The scope of the component's parts where the component itself cannot be built, so that their mistakes are reported as well: as far
  /// as it depends on nothing that was not built. Nil where its parts count under conditions alone.
  static func partScope(of node: ComponentNode, in scope: BuildScope) -> BuildScope?
}

extension Component {
  package static func partScope(of node: ComponentNode, in scope: BuildScope) -> BuildScope? { scope }

  /// The manifest's name of the component.
  ///
  /// `String(describing:)` gives the same, but looks through all conformances of the program first, which for all components took a
  /// fifth of a start.
  package static var typeName: String { _typeName(Self.self, qualified: false) }
}
