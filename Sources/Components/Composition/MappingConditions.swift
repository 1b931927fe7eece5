import AirbyteProtocol
import ConnectorModel
import Manifest

/// Only the mappings of a `ConfigComponentsResolver` can have a condition.
enum MappingConditions: CompositionRule {
  static var subjects: [any Component.Type] { [HttpComponentsResolver.self, ParametrizedComponentsResolver.self] }

  static func violations(of resolver: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    (resolver["components_mapping"]?.sequence ?? []).filter { $0["condition"]?.string?.isEmpty == false }.map {
      ConnectorError(.system, "A `condition` can only be used in a mapping of a `ConfigComponentsResolver`", at: $0)
    }
  }
}
