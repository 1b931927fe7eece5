/// Manifests of a shop, for plans, pictures and simulations.
enum ShopManifest {
  /// 2025-03-01T12:00:00Z in microseconds.
  static let now: Int64 = 1_740_830_400_000_000

  /// Three streams: pages by offset, windows of dates, and a child for each record of the first.
  static let text = """
    version: 6.0.0
    type: DeclarativeSource
    check: {type: CheckStream, stream_names: [users]}
    definitions:
      token: {type: BearerAuthenticator, api_token: "{{ config['token'] }}"}
    streams:
      - type: DeclarativeStream
        name: users
        primary_key: [id]
        retriever:
          type: SimpleRetriever
          requester:
            type: HttpRequester
            url_base: "{{ config['base_url'] }}/v1"
            path: /users
            authenticator: {$ref: "#/definitions/token"}
            request_headers: {X-Shop: "shop {{ config['shop'] }}"}
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
          paginator:
            type: DefaultPaginator
            pagination_strategy: {type: OffsetIncrement, page_size: 100}
            page_size_option: {type: RequestOption, inject_into: request_parameter, field_name: limit}
            page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: offset}
        schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
      - type: DeclarativeStream
        name: orders
        retriever:
          type: SimpleRetriever
          requester:
            type: HttpRequester
            url_base: "{{ config['base_url'] }}/v1"
            path: /orders
            http_method: POST
            authenticator: {$ref: "#/definitions/token"}
            request_body_json: {state: open, until: "{{ stream_interval.end_time }}"}
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
        incremental_sync:
          type: DatetimeBasedCursor
          cursor_field: updated_at
          datetime_format: "%Y-%m-%d"
          start_datetime: "2025-02-01"
          end_datetime: "2025-02-28"
          step: P7D
          cursor_granularity: P1D
          start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: since}
        schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {updated_at: {type: string}}}}
      - type: DeclarativeStream
        name: posts
        retriever:
          type: SimpleRetriever
          requester:
            type: HttpRequester
            url_base: "{{ config['base_url'] }}/v1"
            path: "/users/{{ stream_partition.user_id }}/posts"
            authenticator: {$ref: "#/definitions/token"}
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
          partition_router:
            type: SubstreamPartitionRouter
            parent_stream_configs:
              - {type: ParentStreamConfig, parent_key: id, partition_field: user_id, stream: {$ref: "#/streams/0"}}
        schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
    spec:
      type: Spec
      connection_specification:
        type: object
        required: [base_url, token]
        properties: {base_url: {type: string}, shop: {type: string}, token: {type: string, airbyte_secret: true}}
    """

  static let config = #"{"base_url": "https://shop.test", "shop": "north", "token": "t0ken-of-the-shop"}"#

  /// A manifest of streams without relations, or with a tree of parents.
  /// - Parameter parent: the number of the parent of each stream; nil for none.
  static func many(_ count: Int, parent: (Int) -> Int?) -> String {
    func stream(_ number: Int, indentation: String) -> String {
      var lines = [
        "type: DeclarativeStream", "name: stream_\(number)", "retriever:", "  type: SimpleRetriever",
        "  requester: {type: HttpRequester, url: 'https://api\(number % 3).test/v1/stream_\(number)'}",
        "  record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}",
      ]
      if let above = parent(number) {
        lines += [
          "  partition_router:", "    type: SubstreamPartitionRouter", "    parent_stream_configs:",
          "      - {type: ParentStreamConfig, parent_key: id, partition_field: parent_id, stream: {$ref: '#/streams/\(above)'}}",
        ]
      }
      lines.append("schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}")
      return "  - " + lines.joined(separator: "\n    ")
    }
    return """
      version: 6.0.0
      type: DeclarativeSource
      check: {type: CheckStream, stream_names: [stream_0]}
      streams:
      \((0..<count).map { stream($0, indentation: "") }.joined(separator: "\n"))
      """
  }
}
