import ConnectorModel
import JSON
import Manifest
import Testing
import YAML

@testable import PythonComponents

struct BuildPlanTests {
  private func plan(_ stream: String) throws -> [PlannedComponent] {
    let manifest =
      "version: 7.0.0\ntype: DeclarativeSource\ncheck: {type: CheckStream, stream_names: [items]}\nstreams:\n" + stream
    let resolved = try ManifestPipeline(validator: ManifestValidator()).run(.text(Array(manifest.utf8), name: "manifest.yaml"))
    return BuildPlan(resolved.streams).components
  }

  @Test func whatSurroundsAComponentIsGivenToIt() throws {
    let found = try plan(
      """
        - type: DeclarativeStream
          name: items
          primary_key: id
          retriever:
            type: SimpleRetriever
            decoder: {type: JsonlDecoder}
            requester:
              type: HttpRequester
              url_base: https://api.example.com
              authenticator: {type: CustomAuthenticator, class_name: components.Sign, inner: {type: CustomAuthenticator, class_name: components.Inner}}
            record_selector:
              type: RecordSelector
              extractor: {type: CustomRecordExtractor, class_name: components.Find}
            paginator:
              type: DefaultPaginator
              pagination_strategy: {type: CustomPaginationStrategy, class_name: components.Turn}
          schema_loader: {type: InlineSchemaLoader, schema: {type: CustomTransformation, class_name: no.component}}
          state_migrations: [{type: CustomStateMigration, class_name: components.Move}]
      """)
    #expect(
      found.map(\.role) == ["CustomAuthenticator", "CustomRecordExtractor", "CustomPaginationStrategy", "CustomStateMigration"])
    let sign = try #require(found.first).arguments
    #expect(sign["name"] == .string("items"))
    #expect(sign["url_base"] == .string("https://api.example.com"))
    #expect(sign["decoder"]?["type"] == .string("JsonlDecoder"))
    #expect(sign["stream"] == nil)
    #expect(found[2].arguments["extractor_model"]?["class_name"] == .string("components.Find"))
    #expect(found[3].arguments["stream"]?["name"] == .string("items"))
  }

  @Test func aParentIsAStreamOfItsOwn() throws {
    let found = try plan(
      """
        - type: DeclarativeStream
          name: children
          retriever:
            type: SimpleRetriever
            requester: {type: HttpRequester, url_base: https://api.example.com}
            record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
            partition_router:
              type: SubstreamPartitionRouter
              parent_stream_configs:
                - type: ParentStreamConfig
                  parent_key: id
                  partition_field: parent
                  stream:
                    type: DeclarativeStream
                    name: parents
                    retriever:
                      type: SimpleRetriever
                      requester:
                        type: HttpRequester
                        url_base: https://parents.example.com
                        authenticator: {type: CustomAuthenticator, class_name: components.Sign}
                      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
                    schema_loader: {type: InlineSchemaLoader, schema: {}}
          schema_loader: {type: InlineSchemaLoader, schema: {}}
      """)
    #expect(found.map { $0.arguments["name"] } == [.string("parents")])
    #expect(found.first?.arguments["url_base"] == .string("https://parents.example.com"))
  }
}
