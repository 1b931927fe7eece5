import AirbyteProtocol
import JSON
import Testing

@testable import Components
@testable import ConnectorModel

/// Where a stream's schema comes from.
@Suite struct SchemaLoaderTests {
  private static let first =
    #"{"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {"id": {"type": "integer"}}}}"#

  private func schema(_ loader: String) async throws -> String {
    let loader: any SchemaLoader = try TestWorld([]).build(loader)
    return JSONValue.object(try await loader.schema()).jsonText
  }

  @Test func anInlineSchema() async throws {
    #expect(try await schema(Self.first) == #"{"type":"object","properties":{"id":{"type":"integer"}}}"#)
    #expect(try await schema(#"{"type": "InlineSchemaLoader"}"#) == "{}")
  }

  @Test func aSchemaOfTheAPI() async throws {
    let world = TestWorld([.status(200, #"{"fields": [{"name": "id", "kind": "number"}, {"name": "title", "kind": "text"}]}"#)])
    let loader: any SchemaLoader = try world.build(
      #"""
      {"type": "DynamicSchemaLoader",
       "retriever": {"type": "SimpleRetriever", "requester": {"type": "HttpRequester", "url_base": "https://api.test", "path": "schema"},
         "record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": []}}},
       "schema_type_identifier": {"type": "SchemaTypeIdentifier", "schema_pointer": ["fields"], "key_pointer": ["name"], "type_pointer": ["kind"],
         "types_mapping": [{"type": "TypesMap", "current_type": "number", "target_type": "integer"},
                           {"type": "TypesMap", "current_type": "text", "target_type": "string"}]}}
      """#)
    let schema = try await loader.schema()
    #expect(schema["properties"]?["id"]?["type"] == ["null", "integer"])
    #expect(schema["properties"]?["title"]?["type"] == ["null", "string"])
  }
}
