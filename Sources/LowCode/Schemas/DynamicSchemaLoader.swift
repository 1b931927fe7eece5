import AirbyteProtocol
import JSON
import Jinja

/// Makes a schema from what an API says of its fields: the first record of a request lists them.
struct DynamicSchemaLoader: Component, SchemaLoader {
  private let retriever: any Retriever
  private let identifier: SchemaTypeIdentifier
  private let filter: (any RecordCondition)?
  private let transformations: [any RecordTransformation]

  init(from node: ComponentNode, in context: BuildContext) throws {
    var inner = context
    inner.streamName = "dynamic_properties"
    inner.siblings = SiblingContext()
    inner.siblings.requestOptions = FinalStateCursor(router: nil)
    var source = try node.required("retriever")
    if source["requester"] != nil {
      // As the reference: the fields are asked for once.
      source = source.setting(ManifestValue(.bool(true)), at: ["requester", "use_cache"])
    }
    retriever = try inner.build(source)
    identifier = try context.build(node.required("schema_type_identifier"))
    filter = try context.build(optional: node["schema_filter"])
    transformations = try node.nodes("schema_transformations").map { try context.build($0) }
  }

  func schema() async throws -> JSONObject {
    var properties: JSONObject = [:]
    if let record = try await firstRecord(), record.count > 0 {
      for field in try identifier.fields(of: record) {
        properties[try identifier.name(of: field)] = try identifier.type(of: field)
      }
    }
    if let filter {
      properties = try properties.filter { name, type in try filter.keeps(Record([name: type]), slice: .whole) }
    }
    var record = Record(properties)
    for transformation in transformations { try transformation.transform(&record, slice: .whole) }
    return [
      "$schema": "https://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": true,
      "properties": .object(record.object),
    ]
  }

  private func firstRecord() async throws -> JSONValue? {
    var first: JSONValue?
    try await retriever.read(.whole, normalizer: nil) { page in
      first = page.records.first.map { .object($0.object) }
      return first == nil
    }
    return first
  }
}
