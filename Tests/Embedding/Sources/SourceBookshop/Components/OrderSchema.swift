import LowCode

/// The schema of orders, put together from a list of their fields.
struct OrderSchema: Component, SchemaLoader {
  private let fields: [String]

  init(from node: ComponentNode, in scope: BuildScope) throws {
    fields = try node.strings("integers")
  }

  func schema() async throws -> JSONObject {
    var properties: JSONObject = ["isbn": ["type": "string"], "created_at": ["type": "string", "format": "date-time"]]
    for field in fields { properties[field] = ["type": "integer"] }
    return ["type": "object", "properties": .object(properties)]
  }
}
