import JSON

/// A schema that is in the manifest.
struct InlineSchemaLoader: Component, SchemaLoader {
  private let value: JSONObject

  init(from node: ComponentNode, in scope: BuildScope) throws {
    value = node["schema"]?.value.object ?? [:]
  }

  func schema() async throws -> JSONObject { value }
}
