import LowCode

/// Makes numbers of texts in the fields that are integers by the schema.
struct WholeNumbers: Component, SchemaNormalization {
  init(from node: ComponentNode, in scope: BuildScope) throws {}

  func normalize(_ record: inout Record, to schema: JSONObject) throws {
    for (name, property) in schema["properties"]?.object ?? [:] where property["type"] == "integer" {
      if let number = record[field: name]?.string.flatMap({ Int($0) }) { record[field: name] = .int(number) }
    }
  }
}
