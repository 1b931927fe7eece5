import ConnectorModel
import Engine
import Foundation
import Testing

@testable import Authoring

/// A connector with files beside its manifest, for tests of tests.
struct Shop {
  let folder: URL
  let connector: TestedConnector

  /// - Parameters:
  ///   - manifest: the parts of a manifest below its version.
  ///   - files: further files by their names.
  init(_ manifest: String = Shop.items, files: [String: String] = [:]) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "shop-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in files.merging(["manifest.yaml": manifest], uniquingKeysWith: { $1 }) {
      try Data(text.utf8).write(to: folder.appending(path: name))
    }
    connector = try TestedConnector(
      manifest: folder.appending(path: "manifest.yaml").path, folder: folder.path, components: .standard, environment: [:],
      custom: { _, _ in nil })
  }

  /// Runs the tests of a file, by the names of `tests`.
  func run(_ text: String, coverage: TestCoverage? = nil) async throws -> TestRunner.Outcome {
    await TestRunner(connector, coverage: coverage, clock: { 0 }).run(try TestFile(path: "tests.yaml", bytes: Array(text.utf8)))
  }

  /// The text after an update.
  func updated(_ text: String) async throws -> String {
    let file = try TestFile(path: "tests.yaml", bytes: Array(text.utf8))
    var update = try TestFileUpdate(file)
    let outcome = await TestRunner(connector, coverage: nil, clock: { 0 }).run(file)
    return try update.text(after: outcome).map { String(decoding: $0, as: UTF8.self) } ?? text
  }

  /// Items, page by page, whose kind a template says.
  static let items = """
    version: 7.39.1
    type: DeclarativeSource
    check: {type: CheckStream, stream_names: [items]}
    streams:
      - type: DeclarativeStream
        name: items
        primary_key: id
        retriever:
          type: SimpleRetriever
          requester:
            type: HttpRequester
            url_base: https://shop.example.com
            path: /items
            request_headers: {X-Shop: "{{ config['shop'] if config.get('shop') else 'main' }}"}
            error_handler:
              type: DefaultErrorHandler
              backoff_strategies: [{type: ConstantBackoffStrategy, backoff_time_in_seconds: 30}]
              response_filters:
                - {type: HttpResponseFilter, http_codes: [404], action: IGNORE}
          record_selector:
            type: RecordSelector
            extractor: {type: DpathExtractor, field_path: [items]}
            record_filter: {type: RecordFilter, condition: "{{ record.id != 13 }}"}
          paginator:
            type: DefaultPaginator
            page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
            pagination_strategy: {type: PageIncrement, page_size: 2, start_from_page: 1}
        schema_loader:
          type: InlineSchemaLoader
          schema: {type: object, properties: {id: {type: integer}, name: {type: string}}}
    spec:
      type: Spec
      connection_specification:
        type: object
        properties: {shop: {type: string}, key: {type: string, airbyte_secret: true}}
    """
}

extension TestRunner.Outcome {
  /// What is wrong with each test, in lines.
  var failures: [[String]] { suite.cases.map { $0.failures.flatMap { [$0.message] + $0.details } } }
}
