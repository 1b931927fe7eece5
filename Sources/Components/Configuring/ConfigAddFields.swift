import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Adds fields to the config, or replaces them, by templates.
struct ConfigAddFields: Component, ConfigTransformation {
  private let fields: [AddedFieldDefinition]
  private let condition: InterpolatedBoolean?
  private let node: ManifestNode

  init(from node: ComponentNode, in scope: BuildScope) throws {
    self.node = node.node
    fields = try node.nodes("fields").map { try AddedFieldDefinition(from: ComponentNode($0), in: scope) }
    condition = node["condition"].flatMap { $0.string?.isEmpty == false ? InterpolatedBoolean($0) : nil }
  }

  func transform(_ config: inout ConfigDraft) throws {
    for field in fields {
      var evaluation = config.evaluation
      let value = try field.value.evaluate(evaluation)
      if let condition {
        evaluation.bindings.append((.value, value))
        evaluation.bindings.append((.path, field.pathValue))
        guard try condition.evaluate(evaluation) else { continue }
      }
      do {
        try config.set(field.path.map { .key($0) }, to: JSONValue(value))
      } catch {
        throw ConnectorError(
          .system, "The field `\(field.path.joined(separator: "."))` cannot be added to the config: \(error)", at: node)
      }
    }
  }
}
