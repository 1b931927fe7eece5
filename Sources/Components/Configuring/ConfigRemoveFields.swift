import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Secrets
import Templating

/// Removes fields from the config.
struct ConfigRemoveFields: Component, ConfigTransformation {
  private let pointers: [JSONGlobPath]
  private let condition: InterpolatedBoolean?

  init(from node: ComponentNode, in scope: BuildScope) throws {
    pointers = try node.nodes("field_pointers").map { pointer in
      do {
        return try JSONGlobPath((pointer.sequence ?? []).map { $0.string ?? PythonStrings.str($0.value) })
      } catch {
        throw ConnectorError(.system, "This field pointer cannot be followed: \(error)", at: pointer)
      }
    }
    condition = node["condition"].flatMap { $0.string?.isEmpty == false ? InterpolatedBoolean($0) : nil }
  }

  func transform(_ config: inout ConfigDraft) throws {
    if let condition, try !condition.evaluate(config.evaluation) { return }
    for pointer in pointers { config.delete(pointer) }
  }
}
