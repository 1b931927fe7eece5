/// The table of `RuleTests`.
enum RuleCases {
  static let all: [RuleTests.Case] =
    templates + parameters + partitions + keys + bodies + comments + pagination + streams + cursors + security + specs + schemas
    + loaders

  private static let templates: [RuleTests.Case] = [
    .init(
      "template-syntax",
      fires: manifest(requester: #"request_parameters: {since: "{{ stream_interval.start_time | ⟦template-syntax⟧upperr }}"}"#),
      silent: manifest(requester: #"request_parameters: {since: "{{ stream_interval.start_time | upper }}"}"#)),
    .init(
      "template-variable",
      fires: manifest(
        requester: """
          request_parameters:
            a: "{{ ⟦template-variable⟧record.id }}"
            b: "{{ ⟦template-variable⟧now_utcc() }}"
          """),
      silent: manifest(requester: #"request_parameters: {a: "{{ stream_slice.id }}{{ next_page_token }}{{ now_utc() }}"}"#)),
    .init(
      "undeclared-config-key",
      fires: manifest(requester: #"request_headers: {X-Region: "{{ config['⟦undeclared-config-key⟧regoin'] }}"}"#, spec: region),
      silent: manifest(requester: #"request_headers: {X-Region: "{{ config['region'] }}"}"#, spec: region)),
  ]

  private static let region = """
    token: {type: string, airbyte_secret: true}
    region: {type: string}
    """

  private static let keys: [RuleTests.Case] = [
    .init(
      "unknown-key",
      fires: manifest(requester: "⟦unknown-key⟧http_methd: GET\n⟦unknown-key⟧$parametrs: {a: b}"),
      silent: manifest(requester: "http_method: GET\n$parameters: {http_methd: GET}").replacing(
        "api_token: \"{{ config", with: "api_token: \"{{ parameters.http_methd }}{{ config")),
    .init(
      "duplicate-key",
      fires: manifest(requester: "http_method: GET\n⟦duplicate-key⟧http_method: GET"),
      silent: manifest(requester: "http_method: GET")),
    .init(
      "renamed-name",
      fires: manifest(
        retriever: paginator("⟦renamed-name⟧limit_option: {type: RequestOption, inject_into: header, field_name: L}")),
      silent: manifest(retriever: paginator("page_size_option: {type: RequestOption, inject_into: header, field_name: L}"))),
    .init(
      "deprecated-property",
      fires: manifest(url: "⟦deprecated-property⟧url_base: https://api.example.com/items"),
      silent: manifest()),
    .init(
      "unused-definition",
      fires: manifest(
        top: "definitions:\n  ⟦unused-definition⟧one: {a: 1}\n  two: {b: {c: {type: integer}}}\n"
          + "⟦unused-definition⟧schemas:\n  items: {type: object}",
        schema: "id: {$ref: '#/definitions/two/b/c'}"),
      silent: manifest(top: "definitions:\n  two: {b: {c: {type: integer}}}", schema: "id: {$ref: '#/definitions/two/b/c'}")),
    .init(
      "remote-reference",
      fires: manifest(schema: "id: {$ref: ⟦remote-reference⟧common.json}"),
      silent: manifest(top: "definitions: {id: {type: integer}}", schema: "id: {$ref: '#/definitions/id'}")),
    .init(
      "unused-parameter",
      fires: manifest(stream: "primary_key: id\n$parameters: {⟦unused-parameter⟧color: red}"),
      silent: manifest(
        stream: "$parameters: {color: red, primary_key: id}", requester: #"request_parameters: {c: "{{ parameters['color'] }}"}"#)
    ),
    .init(
      "custom-component",
      fires: manifest(
        stream:
          "primary_key: id\ntransformations: [{type: CustomTransformation, class_name: ⟦custom-component⟧source_x.components.Mine}]"
      ),
      silent: manifest()),
    .init(
      "unknown-ignore",
      fires: manifest(requester: "http_method: GET ⟦unknown-ignore⟧# airbyte-lowcode: ignore unknown-kye"),
      silent: manifest(url: "url: http://x.example.com # airbyte-lowcode: ignore insecure-url")),
    .init(
      "unknown-check-stream",
      fires: manifest(names: "[items, ⟦unknown-check-stream⟧itmes]"),
      silent: manifest(names: "[items]")),
  ]

  private static func paginator(
    _ lines: String, strategy: String = "{type: PageIncrement, page_size: 100, start_from_page: 1}",
    token: String = "page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}"
  ) -> String {
    let all =
      ["type: DefaultPaginator", "pagination_strategy: \(strategy)"] + (token.isEmpty ? [] : [token])
      + (lines.isEmpty ? [] : [lines])
    return "paginator:\n" + all.map { "  \($0)" }.joined(separator: "\n")
  }

  private static let pagination: [RuleTests.Case] = [
    .init(
      "endless-pages",
      fires: manifest(
        retriever: paginator("", strategy: #"{type: CursorPagination, cursor_value: ⟦endless-pages⟧"{{ config['token'] }}"}"#)),
      silent: manifest(retriever: paginator("", strategy: #"{type: CursorPagination, cursor_value: "{{ response.next }}"}"#))),
    .init(
      "unasked-next-page",
      fires: manifest(
        retriever: paginator("", strategy: #"{type: CursorPagination, cursor_value: "{{ response.next }}"}"#, token: "")
          .replacing("paginator:", with: "⟦unasked-next-page⟧paginator:")),
      silent: manifest(
        retriever: paginator("", strategy: #"{type: CursorPagination, cursor_value: "{{ response.next }}"}"#, token: ""),
        requester: #"request_parameters: {after: "{{ next_page_token.next_page_token }}"}"#)),
    .init(
      "page-size-mismatch",
      fires: manifest(
        retriever: paginator("", strategy: "{type: PageIncrement, page_size: ⟦page-size-mismatch⟧100, start_from_page: 1}"),
        requester: #"request_parameters: {per_page: "50"}"#),
      silent: manifest(retriever: paginator(""), requester: #"request_parameters: {per_page: "100"}"#)),
  ]

  private static func cursor(_ field: String = "updated", _ start: String, _ format: String) -> String {
    """
    primary_key: id
    incremental_sync:
      type: DatetimeBasedCursor
      cursor_field: \(field)
      start_datetime: \(start)
      datetime_format: "\(format)"
      start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: since}
    """
  }

  private static let dated = "id: {type: integer}\nupdated: {type: string}"
  private static let startDate = """
    token: {type: string, airbyte_secret: true}
    start: {type: string, format: date, pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
    """

  private static let keyed = "id: {type: integer}\nname: {type: string}\ntags: {type: [array, 'null'], items: {type: string}}"

  private static func otherStream(_ name: String) -> String {
    """
      - type: DeclarativeStream
        name: \(name)
        retriever:
          type: SimpleRetriever
          requester: {type: HttpRequester, url: https://api.example.com/others}
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
        schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
    """
  }

  private static let streams: [RuleTests.Case] = [
    .init(
      "cursor-field-not-in-schema",
      fires: manifest(stream: cursor("⟦cursor-field-not-in-schema⟧updatd", "'2024-01-01'", "%Y-%m-%d"), schema: dated),
      silent: manifest(stream: cursor("updated", "'2024-01-01'", "%Y-%m-%d"), schema: dated)),
    .init(
      "primary-key-not-in-schema",
      fires: manifest(stream: "primary_key: [id, ⟦primary-key-not-in-schema⟧key]"),
      silent: manifest(stream: "primary_key: [id]")),
    .init(
      "primary-key-type",
      fires: manifest(stream: "primary_key: [id, ⟦primary-key-type⟧tags]", schema: keyed),
      silent: manifest(stream: "primary_key: [id, name]", schema: keyed)),
    .init(
      "duplicate-stream",
      fires: manifest(stream: "primary_key: id").replacing("streams:", with: "streams:\n\(otherStream("items"))")
        .replacing("    name: items\n    primary_key", with: "    name: ⟦duplicate-stream⟧items\n    primary_key"),
      silent: manifest(stream: "primary_key: id").replacing("streams:", with: "streams:\n\(otherStream("others"))")),
    .init(
      "date-format-mismatch",
      fires: manifest(
        stream: cursor("updated", #"⟦date-format-mismatch⟧"{{ config['start'] }}""#, "%Y-%m-%dT%H:%M:%SZ"), schema: dated,
        spec: startDate),
      silent: manifest(stream: cursor("updated", #""{{ config['start'] }}""#, "%Y-%m-%d"), schema: dated, spec: startDate)),
  ]

  private static let security: [RuleTests.Case] = [
    .init(
      "unmarked-secret",
      fires: manifest(spec: "token: {type: string, airbyte_secret: true}\n⟦unmarked-secret⟧client_secret: {type: string}"),
      silent: manifest(spec: "token: {type: string, airbyte_secret: true}\npage_token: {type: string}\ntoken_url: {type: string}")
    ),
    .init(
      "secret-in-url",
      fires: manifest(url: #"url: "https://api.example.com/{{ config['⟦secret-in-url⟧token'] }}/items""#),
      silent: manifest(
        spec: region, url: #"url: "https://{{ config['region'] }}.example.com/items""#)),
    .init(
      "insecure-url",
      fires: manifest(url: "url: ⟦insecure-url⟧http://api.example.com/items"),
      silent: manifest(url: "url: http://localhost:8080/items")),
    .init(
      "missing-spec", fires: "⟦missing-spec⟧" + manifest().split(separator: "spec:\n")[0], silent: manifest()),
  ]

  /// A manifest whose users log in by OAuth or by a key.
  private static func oauth(predicate: String, first: String, second: String, output: String) -> String {
    spec("login: {type: object, oneOf: [{properties: \(first)}, {properties: \(second)}]}")
      + """

        advanced_auth:
          auth_flow_type: oauth2.0
          predicate_key: \(predicate)
          predicate_value: oauth
          oauth_config_specification:
            complete_oauth_output_specification:
              properties: {id: {type: string, path_in_connector_config: \(output)}}
      """
  }

  private static func spec(_ field: String) -> String { manifest(spec: "token: {type: string, airbyte_secret: true}\n\(field)") }

  private static let specs: [RuleTests.Case] = [
    .init(
      "spec-keyword",
      fires: manifest(specification: "⟦spec-keyword⟧additionalProperties: false\n⟦spec-keyword⟧allOf: [{type: object}]"),
      silent: manifest(specification: "additionalProperties: true")),
    .init(
      "spec-one-of",
      fires: spec("login: {type: object, ⟦spec-one-of⟧oneOf: [{properties: {a: {const: x}}}, {properties: {b: {const: y}}}]}"),
      silent: spec("login: {type: object, oneOf: [{properties: {a: {const: x}}}, {properties: {a: {const: y}}}]}")),
    .init(
      "spec-date-format",
      fires: spec("start: {type: string, format: ⟦spec-date-format⟧date}"),
      silent: spec(#"start: {type: string, format: date, pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}"#)),
    .init(
      "spec-order",
      fires: spec("a: {type: string, order: 1}\nb: {type: string, order: ⟦spec-order⟧1}"),
      silent: spec("a: {type: string, order: 1}\nb: {type: string, order: 1, group: more}\nc: {type: string}")),
    .init(
      "spec-layout",
      fires: spec(
        """
        a: {type: string, ⟦spec-layout⟧display_type: radio, group: top}
        login:
          type: object
          display_type: ⟦spec-layout⟧rdio
          oneOf: [{properties: {kind: {const: x}, b: {type: string, ⟦spec-layout⟧group: top}}}]
        """),
      silent: spec(
        """
        group: {type: string, group: top}
        login: {type: object, display_type: radio, oneOf: [{properties: {kind: {const: x}}}]}
        """)),
    .init(
      "spec-oauth",
      fires: oauth(
        predicate: "[login, kind]", first: "{kind: {const: ⟦spec-oauth⟧key}}",
        second: "{kind: {const: oauth}, id: {type: string}}",
        output: "⟦spec-oauth⟧[login, idd]"),
      silent: oauth(
        predicate: "[login, kind]", first: "{kind: {const: oauth}, id: {type: string}}", second: "{kind: {const: key}}",
        output: "[login, id]")),
    .init(
      "spec-schema",
      fires: manifest(specification: "required: ⟦spec-schema⟧[token, token]"),
      silent: manifest(specification: "required: [token]")),
    .init(
      "spec-shape",
      fires: spec("⟦spec-shape⟧ids: {type: array}\n⟦spec-shape⟧more: {type: object}"),
      silent: spec("ids: {type: array, items: {type: string}}\nmore: {type: object, properties: {a: {type: string}}}")),
  ]

  /// A stream whose schema comes from elsewhere, or from nowhere.
  private static func loader(_ text: String) -> String {
    manifest(schema: "end").replacing(/[ ]{4}schema_loader:(.|\n)*end\n/, with: "    \(text)\n")
  }

  private static let loaders: [RuleTests.Case] = [
    .init(
      "missing-schema",
      fires: loader("⟦missing-schema⟧schema_loader: {type: InlineSchemaLoader, schema: {}}"),
      silent: loader("schema_loader: {type: InlineSchemaLoader, schema: {type: object}}")),
    .init(
      "missing-schema",
      fires: loader("description: none").replacing("    name: items", with: "    ⟦missing-schema⟧name: items"),
      silent: manifest()),
    .init(
      "missing-schema-file",
      fires: loader(
        "schema_loader: {type: ⟦deprecated-property⟧JsonFileSchemaLoader, file_path: ⟦missing-schema-file⟧./schemas/none.json}"),
      silent: manifest()),
  ]

  private static let parameters: [RuleTests.Case] = [
    .init(
      "undeclared-config-key",
      fires: manifest(
        requester: #"request_headers: {X: "{{ config.⟦undeclared-config-key⟧regoin }}{{ config.region }}"}"#, spec: region),
      silent: manifest(
        requester:
          #"request_headers: {X: "config.regoin {{ 'config.regoin' }}{{ config.items() | length }}{{ stream_slice.config.b }}"}"#,
        spec: region)),
    .init(
      "undeclared-parameter",
      fires: manifest(
        requester: """
          $parameters: {segment: items}
          request_headers:
            A: "{{ parameters.⟦undeclared-parameter⟧segmnt }}"
            B: "{{ parameters['⟦undeclared-parameter⟧sgment'] }}"
            C: "{{ parameters['segment'] }}"
          """),
      silent: manifest(
        stream: "primary_key: id\n$parameters: {segment: items}",
        requester: """
          request_headers:
            A: "{{ parameters.segment }}"
            B: "{{ parameters.get('segment') }}"
            C: "{{ parameters.other if parameters.other else '' }}"
          """)),
  ]

  private static let partitions: [RuleTests.Case] = [
    .init(
      "unknown-partition-field",
      fires: manifest(
        retriever: "partition_router: {type: ListPartitionRouter, cursor_field: user_id, values: [a, b]}",
        requester: """
          request_headers:
            A: "{{ stream_partition.⟦unknown-partition-field⟧userid }}"
            B: "{{ stream_partition['⟦unknown-partition-field⟧id'] }}"
            C: "{{ stream_partition['user_id'] }}"
          """),
      silent: manifest(
        retriever: "partition_router: {type: ListPartitionRouter, cursor_field: user_id, values: [a, b]}",
        requester: """
          request_headers:
            A: "{{ stream_partition.user_id }}"
            B: "{{ stream_partition.get('user_id') }}"
            C: "{{ stream_partition.id or 'all' }}"
            D: "{{ stream_slice.id }}"
          """)),
    .init(
      "unknown-partition-field",
      fires: manifest(requester: #"request_headers: {A: "{{ stream_partition.⟦unknown-partition-field⟧user_id }}"}"#),
      silent: manifest(
        retriever: #"partition_router: {type: ListPartitionRouter, cursor_field: "{{ config['token'] }}", values: [a, b]}"#,
        requester: #"request_headers: {A: "{{ stream_partition.user_id }}"}"#)),
  ]

  private static let bodies: [RuleTests.Case] = [
    .init(
      "body-value-type",
      fires: body(
        #"{a: ⟦body-value-type⟧"100", b: {c: [⟦body-value-type⟧"True"]}, n: ⟦body-value-type⟧"{{ config['account'] }}"}"#),
      silent: body(#"{a: "'100'", b: 100, c: "007", d: "[1]", e: "{{ config['token'] }}"}"#))
  ]

  private static func body(_ value: String) -> String {
    manifest(
      requester: "http_method: POST\nrequest_body: {type: RequestBodyJsonObject, value: \(value)}",
      spec: "token: {type: string, airbyte_secret: true}\naccount: {type: string, examples: [\"4711\"]}")
  }

  private static let comments: [RuleTests.Case] = [
    .init(
      "unused-ignore",
      fires: manifest(requester: "http_method: GET ⟦unused-ignore⟧# airbyte-lowcode: ignore insecure-url"),
      silent: manifest(url: "url: http://x.example.com # airbyte-lowcode: ignore insecure-url")),
    .init(
      "unused-ignore",
      fires: manifest(requester: "http_method: GET ⟦unused-ignore⟧# airbyte-lowcode: ignore"),
      silent: manifest(requester: "http_method: GET # airbyte-lowcode: ignored")),
  ]

  private static let cursors: [RuleTests.Case] = [
    .init(
      "unsent-cursor",
      fires: manifest(
        stream: "primary_key: id\n⟦unsent-cursor⟧incremental_sync: \(unsent)", schema: dated),
      silent: manifest(
        stream: "primary_key: id\nincremental_sync: \(unsent)",
        requester: #"request_headers: {S: "{{ stream_interval.start_time }}"}"#,
        schema: dated)),
    .init(
      "unsent-cursor",
      fires: manifest(
        stream: "primary_key: id\n⟦unsent-cursor⟧incremental_sync: \(unsent)",
        requester: #"request_headers: {S: "{{ next_page_token }}"}"#, schema: dated),
      silent: manifest(
        stream: "primary_key: id\nincremental_sync: \(unsent.replacing("}", with: ", is_client_side_incremental: true}"))",
        schema: dated)),
    .init(
      "cursor-granularity",
      fires: manifest(
        stream: cursor("updated", "'2024-01-01'", "%Y-%m-%d") + "\n  step: P1M\n  cursor_granularity: ⟦cursor-granularity⟧PT1S",
        schema: dated),
      silent: manifest(
        stream: cursor("updated", "'2024-01-01'", "%Y-%m-%d") + "\n  step: P1M\n  cursor_granularity: P1D", schema: dated)),
    .init(
      "cursor-granularity",
      fires: manifest(
        stream: cursor("updated", "'2024-01-01T00:00:00Z'", "%Y-%m-%dT%H:%M:%SZ")
          + "\n  step: P1M\n  cursor_granularity: ⟦cursor-granularity⟧PT0.001S", schema: dated),
      silent: manifest(
        stream: cursor("updated", "'2024-01-01T00:00:00.000Z'", "%Y-%m-%dT%H:%M:%S.%fZ")
          + "\n  step: P1M\n  cursor_granularity: PT0.001S", schema: dated)),
    .init(
      "repeated-first-page",
      fires: manifest(retriever: paginator("", strategy: "⟦repeated-first-page⟧{type: PageIncrement, page_size: 100}")),
      silent: manifest(
        retriever: paginator("", strategy: "{type: PageIncrement, page_size: 100, inject_on_first_request: true}"))),
  ]

  private static let unsent =
    "{type: DatetimeBasedCursor, cursor_field: updated, start_datetime: '2024-01-01', datetime_format: '%Y-%m-%d'}"

  private static let schemas: [RuleTests.Case] = [
    .init(
      "untyped-items",
      fires: manifest(schema: "id: {type: integer}\n⟦untyped-items⟧list: {type: array}"),
      silent: manifest(schema: "id: {type: integer}\nlist: {type: array, items: {type: string}}")),
    .init(
      "schema-keyword",
      fires: manifest(schema: "id: {⟦schema-keyword⟧allOf: [{type: integer}]}"),
      silent: manifest(schema: "id: {anyOf: [{type: integer}, {type: string}]}")),
    .init(
      "schema-shape",
      fires: manifest(
        schema: """
          id: {type: integer}
          n: {type: ⟦schema-shape⟧interger}
          o: {type: object, properties: ⟦schema-shape⟧[a], required: ⟦schema-shape⟧true}
          """),
      silent: manifest(
        schema: """
          id: {type: integer}
          list: {type: [array, 'null'], items: {type: string}}
          o: {type: object, properties: {required: {type: boolean}}, required: [required], enum: [{required: true}]}
          """)),
  ]
}
