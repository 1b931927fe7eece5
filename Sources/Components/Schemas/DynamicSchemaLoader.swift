import ConnectorModel
import JSON
import Jinja
import Manifest

/// Makes a schema from what an API says of its fields: the first record of a request lists them.
struct DynamicSchemaLoader: Component, SchemaLoader {
  private let retriever: any Retriever
  /// The slices to look for a record in: one, as a router plays no part here.
  private let cursor: any Cursor
  private let identifier: SchemaTypeIdentifier
  private let filter: (any RecordCondition)?
  private let transformations: [any RecordTransformation]

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let cursor = FinalStateCursor(router: nil)
    self.cursor = cursor
    var source = try node.required("retriever")
    if source["requester"] != nil {
      // As in the reference, the fields are asked for once.
      source = source.setting(ManifestValue(.bool(true)), at: ["requester", "use_cache"])
    }
    retriever = try scope.beside(named: Self.retrieverName, ReadingScope(requestOptions: cursor)).build(source)
    identifier = try scope.build(only: node.required("schema_type_identifier"))
    filter = try scope.build(optional: node["schema_filter"])
    transformations = try node.nodes("schema_transformations").map { try scope.build($0) }
  }

  /// What logs call the requests for the fields.
  private static let retrieverName = "dynamic_properties"

  static func partScope(of node: ComponentNode, in scope: BuildScope) -> BuildScope? { scope.beside(named: retrieverName) }

  func schema() async throws -> JSONObject {
    var properties: JSONObject = [:]
    if let record = try await firstRecord(), record.count > 0 {
      for field in try identifier.fields(of: record) {
        properties[try identifier.name(of: field)] = try identifier.type(of: field)
      }
    }
    if let filter {
      for (name, type) in properties where try await !filter.admits(Record([name: type]), slice: .whole) {
        properties[name] = nil
      }
    }
    var record = Record(properties)
    for transformation in transformations { try await transformation.change(&record, slice: .whole) }
    return [
      "$schema": "https://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": true,
      "properties": .object(record.object),
    ]
  }

  private func firstRecord() async throws -> JSONValue? {
    do {
      try await cursor.slices { slice in
        var first: JSONObject?
        try await retriever.read(slice) { page in
          first = page.records.first?.object
          return first == nil
        }
        if let first { throw FirstRecord(object: first) }
      }
      return nil
    } catch let found as FirstRecord {
      return .object(found.object)
    }
  }
}

/// Ends the listing of slices at the first record.
private struct FirstRecord: Error {
  let object: JSONObject
}
