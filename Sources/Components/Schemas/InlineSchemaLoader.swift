import ConnectorModel
import JSON
import Manifest

/// A schema that is in the manifest.
package struct InlineSchemaLoader: Component, SchemaLoader {
  private let value: JSONObject

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    value = node["schema"]?.value.object ?? [:]
  }

  package func schema() async throws -> JSONObject { value }
}
