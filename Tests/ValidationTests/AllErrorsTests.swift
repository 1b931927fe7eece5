import Components
import Engine
import Testing
import Validation

/// Every error of a manifest is told at once, and nothing that is only its consequence.
@Suite struct AllErrorsTests {
  /// By name: a manifest in which each error is marked with its rule.
  @Test(
    arguments: [
      (
        "components of one stream",
        manifest(
          retriever: """
            paginator:
              type: DefaultPaginator
              pagination_strategy: ⟦build⟧{type: PageIncrement}
              page_token_option: ⟦build⟧{type: RequestOption, inject_into: request_parameter}
              page_size_option: {type: RequestOption, inject_into: request_parameter, field_name: limit}
            """
        ).replacing("{type: BearerAuthenticator", with: "⟦build⟧{type: ApiKeyAuthenticator")
      ),
      (
        "properties of one component",
        manifest(
          stream: """
            primary_key: ⟦build⟧[[id, name]]
            incremental_sync:
              type: DatetimeBasedCursor
              cursor_field: id
              start_datetime: "2024-01-01"
              datetime_format: "%Y-%m-%d"
              cursor_granularity: P1D
              step: ⟦build⟧banana
            """)
      ),
      (
        "the check and a stream",
        manifest(stream: "primary_key: ⟦build⟧[[id, name]]").replacing(
          "check: {type: CheckStream, stream_names: [items]}", with: "check: ⟦build⟧{type: CheckStream}")
      ),
      (
        "one stream that is not valid and one that cannot be built",
        manifest(stream: "primary_key: ⟦build⟧[[id, name]]").replacing(
          "streams:\n",
          with: """
            streams:
              - type: DeclarativeStream
                name: others
                retriever: {type: ⟦type⟧SimpleRetreiver}

            """)
      ),
      (
        "one definition in two streams",
        manifest(
          top: """
            definitions:
              paginator:
                type: DefaultPaginator
                pagination_strategy: {type: PageIncrement, page_size: 5}
                page_token_option: ⟦build⟧{type: RequestOption, inject_into: header}
            """, retriever: "paginator: {$ref: '#/definitions/paginator'}"
        ).replacing(
          "streams:\n",
          with: """
            streams:
              - type: DeclarativeStream
                name: others
                retriever:
                  type: SimpleRetriever
                  paginator: {$ref: '#/definitions/paginator'}
                  requester: {type: HttpRequester, url: https://api.example.com/others}
                  record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
                schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}

            """)
      ),
      (
        "a reference that leads nowhere",
        manifest(top: "definitions: {auth: {type: NoAuth}}").replacing(
          "{type: BearerAuthenticator, api_token: \"{{ config['token'] }}\"}", with: "{$ref: ⟦reference⟧'#/definitions/authh'}")
      ),
      (
        "a reference that leads nowhere beside other keys, in a choice of types",
        manifest(top: "definitions: {base: {type: SimpleRetriever}}").replacing(
          "    retriever:\n      type: SimpleRetriever\n", with: "    retriever:\n      $ref: ⟦reference⟧'#/definitions/bse'\n")
      ),
      (
        "a parent stream and its child",
        manifest(
          stream: "primary_key: ⟦build⟧[[id, name]]",
          retriever: """
            partition_router:
              type: SubstreamPartitionRouter
              parent_stream_configs:
                - type: ParentStreamConfig
                  parent_key: id
                  partition_field: parent
                  lazy_read_pointer: [⟦build⟧"*"]
                  stream:
                    type: DeclarativeStream
                    name: parents
                    retriever:
                      type: SimpleRetriever
                      requester: {type: HttpRequester, url: https://api.example.com/parents}
                      paginator:
                        type: DefaultPaginator
                        pagination_strategy: {type: PageIncrement, page_size: 5}
                        page_token_option: ⟦build⟧{type: RequestOption, inject_into: header}
                      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
                    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}
            """)
      ),
    ] as [(String, String)])
  func areAllTold(name: String, text: String) async throws {
    let marked = MarkedText(text)
    let report = await (try ManifestChecker()).check(marked.text)
    let errors = report.findings.filter { $0.severity == .error }
    #expect(MarkedText.places(of: errors) == marked.expected, "\(errors.map(\.diagnostic.description))")
  }

  /// A misspelt key is told of once, by the error that it causes.
  @Test func aMistakeIsNotToldTwice() async throws {
    let report = await (try ManifestChecker()).check(
      manifest().replacing("extractor: {type: DpathExtractor, field_path", with: "extractor: {type: DpathExtractor, feld_path"))
    #expect(report.findings.map(\.rule) == ["required"])
  }

  /// What is missing is mostly there under another name.
  @Test(
    arguments: [
      (manifest(), []),
      (
        manifest(
          retriever: """
            paginator:
              type: DefaultPaginator
              pagination_strategy: {type: PageIncrement, page_size: 5}
              page_token_option: {type: RequestOption, inject_into: header, field_naem: page}
            """),
        ["`RequestOption` needs `field_name` or `field_path`; did you write `field_naem` for `field_name`?"]
      ),
      (
        manifest(
          retriever: """
            paginator:
              type: DefaultPaginator
              pagination_strategy: {type: PageIncrement, page_size: 5}
              page_token_option: {type: RequestOption, inject_into: header, called: page}
            """),
        ["`RequestOption` needs `field_name` or `field_path` (`RequestOption` does not read `called`)"]
      ),
      (
        manifest(top: "definitions: {auth: {type: NoAuth}}").replacing(
          "{type: BearerAuthenticator, api_token: \"{{ config['token'] }}\"}", with: "{$ref: '#/definitions/authh'}"),
        [
          "'#/definitions/authh' leads nowhere: 'definitions' has no 'authh'; did you mean 'auth'? ('auth' stands here)"
        ]
      ),
      (
        manifest(top: "definitions: {login: {type: NoAuth}, used: {type: NoAuth}}").replacing(
          "{type: BearerAuthenticator, api_token: \"{{ config['token'] }}\"}", with: "{$ref: '#/definitions/authentication'}"),
        [
          "'#/definitions/authentication' leads nowhere: 'definitions' has no 'authentication' ('definitions' begins here)"
        ]
      ),
    ] as [(String, [String])])
  func areExplained(text: String, expected: [String]) async throws {
    let report = await (try ManifestChecker()).check(text)
    let told = report.findings.filter { $0.severity == .error }.map { error in
      let notes = error.diagnostic.related.map(\.message).joined(separator: ", ")
      return error.diagnostic.message + (error.diagnostic.remedy.map { "; \($0)" } ?? "") + (notes.isEmpty ? "" : " (\(notes))")
    }
    #expect(told == expected)
  }
}
