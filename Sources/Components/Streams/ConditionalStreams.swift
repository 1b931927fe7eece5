import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Streams that exist only where the config fulfils a condition.
package struct ConditionalStreams: Component {
  /// The streams; none if the condition does not hold.
  package let streams: [ManifestNode]

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    // As in the reference, which does not give the condition its parameters.
    do {
      let condition = try InterpolatedBoolean(node.required("condition"))
      streams = try condition.evaluate(EvaluationContext(config: scope.templateConfig)) ? node.nodes("streams") : []
    } catch var error as ConnectorError {
      error.failureType = .system
      throw error
    }
  }

  /// The streams may not exist.
  package static func partScope(of node: ComponentNode, in scope: BuildScope) -> BuildScope? { nil }
}
