import Foundation
import Synchronization
import Testing

@testable import Components
@testable import ConnectorModel
@testable import Engine
@testable import Secrets

/// How often the pages of a parent are fetched by a whole read.
@Suite struct SharedPagesTests {
  /// Answers each request with a record, and counts those to `/parents`.
  private final class CountingTransport: Transport {
    private let count = Mutex(0)

    var fetches: Int { count.withLock { $0 } }

    func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
      if request.url.hasSuffix("/parents") { count.withLock { $0 += 1 } }
      return HTTPResponse(status: 200, headers: [], body: Data(#"[{"id": 1}]"#.utf8), url: request.url)
    }
  }

  private static func stream(_ name: String, router: String = "") -> String {
    """
    {type: DeclarativeStream, name: \(name), retriever: {type: SimpleRetriever, \(router)
      requester: {type: HttpRequester, url_base: "https://api.test", path: /\(name)},
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}},
      schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}}
    """
  }

  private static func child(_ name: String, of parent: String = stream("parents")) -> String {
    stream(
      name,
      router: """
        partition_router: {type: SubstreamPartitionRouter, parent_stream_configs: [
          {type: ParentStreamConfig, parent_key: id, partition_field: part, stream: \(parent)}]},
        """)
  }

  private static func generated(_ template: String) -> String {
    """
    dynamic_streams:
      - type: DynamicDeclarativeStream
        stream_template: \(template)
        components_resolver:
          type: ParametrizedComponentsResolver
          stream_parameters: {type: StreamParametersDefinition, list_of_parameters_for_stream: [{name: child}]}
          components_mapping:
            - {type: ComponentMappingDefinition, field_path: [name], value: "{{ components_values['name'] }}"}
    """
  }

  private static func delegating(_ name: String) -> String {
    "{type: StateDelegatingStream, name: \(name), full_refresh_stream: \(child(name)), incremental_stream: \(child(name))}"
  }

  @Test(arguments: [
    ("a child of the manifest", "streams: [\(stream("parents")), \(child("child"))]", 1),
    (
      "a child on a condition",
      "streams: [\(stream("parents")), {type: ConditionalStreams, condition: '{{ true }}', streams: [\(child("child"))]}]", 1
    ),
    ("a generated child", "streams: [\(stream("parents"))]\n\(generated(child("template")))", 1),
    ("a grandchild", "streams: [\(stream("parents")), \(child("child", of: child("middle")))]", 2),
    ("a child that depends on the state", "streams: [\(stream("parents")), \(delegating("child"))]", 2),
  ])
  func pagesAreSharedWithChildrenOfTheManifest(about: String, streams: String, fetches: Int) async throws {
    let manifest = """
      version: 7.39.1
      type: DeclarativeSource
      check: {type: CheckStream, stream_names: [parents]}
      \(streams)
      spec: {type: Spec, connection_specification: {type: object, properties: {}}}

      """
    let now: @Sendable () -> Int64 = { CursorFixtures.now }
    let transport = CountingTransport()
    let runtime = RuntimeEnvironment(now: now, sleep: { _ in }, random: { 0.5 }, transport: transport, log: RecordingLog())
    let input = try ConnectorInput.reading(["parents", "child"])
    let connector = try await Connector.load(
      .text(Array(manifest.utf8), name: "manifest.yaml"), input, runtime: runtime)
    let output = CollectedOutput()
    let writer = MessageWriter(output: output, mask: SecretMask(), now: now)
    #expect(try await connector.readValidated(input.catalog, to: writer).isComplete)
    #expect(output.lines.count { $0.contains(#""COMPLETE""#) } == 2)
    #expect(transport.fetches == fetches)
  }
}
