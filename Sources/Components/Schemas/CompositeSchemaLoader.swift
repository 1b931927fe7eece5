import AirbyteProtocol
import ConnectorModel
import JSON
import Manifest

/// Several schemas in one: the properties of the earlier ones win.
struct CompositeSchemaLoader: SchemaLoader {
  let loaders: [any SchemaLoader]
  let node: ManifestNode

  func schema() async throws -> JSONObject {
    var properties: JSONObject = [:]
    for (index, loader) in loaders.enumerated() {
      guard let members = try await loader.schema()["properties"]?.object else {
        throw ConnectorError(
          .system, "A schema without `properties` cannot be joined with others", at: node[index] ?? node)
      }
      properties = members.merging(properties) { $1 }
    }
    return [
      "$schema": "http://json-schema.org/draft-07/schema#", "type": ["null", "object"], "properties": .object(properties),
    ]
  }
}
