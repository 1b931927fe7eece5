import Manifest

/// A rule that spans components: what one of them may be combined with. It looks at the resolved manifest only, so that it says the same
/// whether the components can be built or not.
package protocol CompositionRule: Sendable {
  /// The components that the rule begins at: it compares their parts with each other and with what surrounds them.
  static var subjects: [any Component.Type] { get }
  /// Whether a component that breaks the rule fails before its parts are built, rather than after them.
  static var precedesParts: Bool { get }
  /// Everything that is wrong, each at its place; what a build fails with comes first.
  /// - Parameters:
  ///   - component: one of the ``subjects``.
  ///   - scope: the scope that it is built in.
  static func violations(of component: ComponentNode, in scope: BuildScope) -> [ConnectorError]
}

extension CompositionRule {
  package static var precedesParts: Bool { false }

  /// - Throws: ``ConnectorError``, the first violation.
  package static func enforce(on component: ComponentNode, in scope: BuildScope) throws {
    if let first = violations(of: component, in: scope).first { throw first }
  }
}

/// Rules by the components that they begin at.
package struct CompositionRules: Sendable {
  package let all: [any CompositionRule.Type]
  private let bySubject: [String: [any CompositionRule.Type]]

  /// - Parameter all: in the order in which they are applied.
  package init(_ all: [any CompositionRule.Type] = []) {
    self.all = all
    bySubject = all.reduce(into: [:]) { rules, rule in
      for subject in rule.subjects { rules[subject.typeName, default: []].append(rule) }
    }
  }

  /// Everything that is wrong with a component of a type, apart from its parts.
  package func violations(of component: ComponentNode, named type: String, in scope: BuildScope) -> [ConnectorError] {
    (bySubject[type] ?? []).flatMap { $0.violations(of: component, in: scope) }
  }

  /// - Parameter precedingParts: whether the component's parts are still to be built.
  /// - Throws: ``ConnectorError``, the first violation of a rule that is due at this moment.
  func enforce(on component: ComponentNode, named type: String, in scope: BuildScope, precedingParts: Bool) throws {
    for rule in bySubject[type] ?? [] where rule.precedesParts == precedingParts { try rule.enforce(on: component, in: scope) }
  }
}
