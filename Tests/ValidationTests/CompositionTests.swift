import Components
import Engine
import Testing
import Validation

/// Every rule that spans components and is broken is reported at once, each at its place, whatever else is wrong.
@Suite struct CompositionTests {
  @Test(
    arguments: [
      (
        "five rules of one stream",
        manifest(
          stream: """
            primary_key: id
            state_migrations:
              - ⟦build⟧{type: LegacyToPerPartitionStateMigration}
            incremental_sync: ⟦build⟧{type: IncrementingCountCursor, cursor_field: id, start_value: 0}
            """,
          retriever: """
            decoder: {type: JsonlDecoder}
            partition_router: {type: ListPartitionRouter, values: [a, b], cursor_field: letter}
            page_size_reduction: ⟦build⟧{type: PageSizeReduction}
            request_window_splitting: ⟦build⟧{type: RequestWindowSplitting}
            paginator:
              ⟦build⟧type: DefaultPaginator
              pagination_strategy:
                type: CursorPagination
                cursor_value: "{{ response.next }}"
                page_size: 100
                stop_condition: "{{ last_page_size < 100 }}"
              page_size_option: {type: RequestOption, inject_into: request_parameter, field_name: limit}
              page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: after}
            """,
          requester: """
            error_handler:
              type: CompositeErrorHandler
              error_handlers:
                - type: DefaultErrorHandler
                  response_filters:
                    - {type: HttpResponseFilter, http_codes: [413], action: REDUCE_PAGE_SIZE}
                    - {type: HttpResponseFilter, http_codes: [414], action: SPLIT_REQUEST_WINDOW}
            """)
      ),
      (
        "beside what keeps the components from being built",
        manifest(
          stream: "primary_key: ⟦build⟧[[id, name]]",
          retriever: """
            partition_router:
              type: GroupingPartitionRouter
              group_size: 2
              underlying_partition_router:
                ⟦build⟧type: ListPartitionRouter
                values: [a, b]
                cursor_field: letter
                request_option: {type: RequestOption, inject_into: request_parameter, field_name: letter}
            page_size_reduction: ⟦build⟧{type: PageSizeReduction}
            paginator:
              type: DefaultPaginator
              pagination_strategy: ⟦build⟧{type: PageIncrement}
              page_size_option: {type: RequestOption, inject_into: request_parameter, field_name: limit}
            """)
      ),
    ] as [(String, String)])
  func areAllReported(name: String, text: String) async throws {
    let marked = MarkedText(text)
    let report = await (try ManifestChecker()).check(marked.text)
    let errors = report.findings.filter { $0.severity == .error }
    #expect(MarkedText.places(of: errors) == marked.expected, "\(errors.map(\.diagnostic.description))")
  }

  /// Of two ways to read a stream the state chooses one; what is wrong with the other one is wrong as well. Nothing is, if it is so
  /// without a state only.
  @Test(
    arguments: [
      ("decoder: {type: JsonDecoder}\nrequest_window_splitting: ⟦build⟧{type: RequestWindowSplitting}", false),
      ("decoder: {type: JsonlDecoder}", true),
    ])
  func streamsThatNeedAStateAreLookedAt(retriever: String, isLazy: Bool) async throws {
    let way = """
      type: DeclarativeStream
      name: items
      primary_key: id
      schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
      """
    let requests = """
      type: SimpleRetriever
      requester: {type: HttpRequester, url: https://api.example.com/items}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
      """
    let router = """
      partition_router:
        type: SubstreamPartitionRouter
        parent_stream_configs:
          - type: ParentStreamConfig
            parent_key: id
            partition_field: parent
            lazy_read_pointer: [first]
            stream:
              name: parents
              \(indented(way.replacing("name: items\n", with: ""), by: 8))
              retriever:
                \(indented(requests, by: 10))
      """
    let marked = MarkedText(
      """
      version: 7.39.1
      type: DeclarativeSource
      check: {type: CheckStream, stream_names: [items]}
      streams:
        - type: StateDelegatingStream
          name: items
          full_refresh_stream:
            \(indented(way, by: 6))
            retriever:
              \(indented(requests, by: 8))
          incremental_stream:
            \(indented(way, by: 6))
            retriever:
              \(indented(requests, by: 8))
              \(indented(retriever, by: 8))
              \(isLazy ? indented(router, by: 8) : "")
      spec: {type: Spec, connection_specification: {type: object, properties: {}}}
      """)
    let report = await (try ManifestChecker()).check(marked.text)
    let errors = report.findings.filter { $0.severity == .error }
    #expect(MarkedText.places(of: errors) == marked.expected, "\(errors.map(\.diagnostic.description))")
  }

  /// The lines of a text below a first one that is indented already.
  private func indented(_ text: String, by width: Int) -> String {
    text.split(separator: "\n").joined(separator: "\n" + String(repeating: " ", count: width))
  }
}
