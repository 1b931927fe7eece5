import JSON

/// Several schemas in one: the properties of the earlier ones win.
struct CompositeSchemaLoader: SchemaLoader {
  let loaders: [any SchemaLoader]

  func schema() async throws -> JSONObject {
    var properties: JSONObject = [:]
    for loader in loaders {
      if case .object(let members)? = try await loader.schema()["properties"] { properties = members.merging(properties) { $1 } }
    }
    return [
      "$schema": "http://json-schema.org/draft-07/schema#", "type": ["null", "object"], "properties": .object(properties),
    ]
  }
}
