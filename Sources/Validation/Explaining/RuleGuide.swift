/// What a rule is about, for people: why it matters, and an example.
struct RuleGuide: Sendable {
  /// What comes of it, as one or more sentences.
  let why: String
  /// Lines of a manifest in which the rule finds something.
  let wrong: String
  /// The same lines as they should be.
  let right: String

  /// By the name of the rule.
  static let all: [String: RuleGuide] = first.merging(second) { one, _ in one }.merging(ofDocuments) { one, _ in one }

  private static let first: [String: RuleGuide] = [
    "body-value-type": RuleGuide(
      why: """
        Every string in a JSON body is a template, and the result has the type that it is written like. An API \
        that asks for a string such as an account number refuses the number.
        """,
      wrong: #"request_body_json: {account: "100"}"#,
      right: #"request_body_json: {account: "'100'"}"#),
    "cursor-field-not-in-schema": RuleGuide(
      why: """
        Destinations may drop a field that the schema does not have, and mostly the name is misspelt, so that no \
        record has a cursor.
        """,
      wrong: "incremental_sync: {type: DatetimeBasedCursor, cursor_field: updatd}",
      right: "incremental_sync: {type: DatetimeBasedCursor, cursor_field: updated}"),
    "cursor-granularity": RuleGuide(
      why: """
        A window ends one step of the granularity before the next one begins. If the format cannot express it, \
        no request has it.
        """,
      wrong: """
        datetime_format: "%Y-%m-%d"
        cursor_granularity: PT1S
        """,
      right: """
        datetime_format: "%Y-%m-%d"
        cursor_granularity: P1D
        """),
    "custom-component": RuleGuide(
      why: """
        The class is in Python code beside the manifest. It runs only where custom code is permitted, and only if its \
        module and the class are there. `airbyte-lowcode validate --components` imports the code and builds each class, \
        which also shows what a class does not take.
        """,
      wrong: """
        type: CustomTransformation
        class_name: source_declarative_manifest.components.Rename
        """,
      right: """
        type: AddFields
        fields: [{path: [name], value: "{{ record.title }}"}]
        """),
    "date-format-mismatch": RuleGuide(
      why: """
        A cursor reads its own start date by the format. Where that fails, the stream fails before its first \
        request.
        """,
      wrong: """
        start_datetime: "2024-01-01"
        datetime_format: "%Y-%m-%dT%H:%M:%SZ"
        """,
      right: """
        start_datetime: "2024-01-01T00:00:00Z"
        datetime_format: "%Y-%m-%dT%H:%M:%SZ"
        """),
    "deprecated-property": RuleGuide(
      why: """
        The form still works, but a later version of the language may remove it. `airbyte-lowcode validate --fix` \
        rewrites what it can without changing what is asked for.
        """,
      wrong: """
        url_base: https://api.example.com
        path: items
        """,
      right: "url: https://api.example.com/items"),
    "duplicate-key": RuleGuide(
      why: "YAML keeps the last value of a key that appears twice, and drops the first one silently.",
      wrong: """
        http_method: GET
        http_method: POST
        """,
      right: "http_method: POST"),
    "duplicate-stream": RuleGuide(
      why: """
        Catalogs and states tell streams apart by their names. Airbyte's connector tests refuse two with the same name.
        """,
      wrong: """
        streams:
          - {type: DeclarativeStream, name: items}
          - {type: DeclarativeStream, name: items}
        """,
      right: """
        streams:
          - {type: DeclarativeStream, name: items}
          - {type: DeclarativeStream, name: archived_items}
        """),
    "endless-pages": RuleGuide(
      why: """
        A page token that never changes, with nothing to end the pages, asks for the same page forever.
        """,
      wrong: """
        type: CursorPagination
        cursor_value: "{{ config['start'] }}"
        """,
      right: """
        type: CursorPagination
        cursor_value: "{{ response.next }}"
        """),
    "insecure-url": RuleGuide(
      why: "What goes over plain HTTP can be read by everyone on the way, credentials too.",
      wrong: "url: http://api.example.com/items",
      right: "url: https://api.example.com/items"),
    "missing-schema": RuleGuide(
      why: "`discover` reports an empty schema, so that destinations have no columns to write to.",
      wrong: """
        type: DeclarativeStream
        name: items
        """,
      right: """
        type: DeclarativeStream
        name: items
        schema_loader:
          type: InlineSchemaLoader
          schema: {type: object, properties: {id: {type: integer}}}
        """),
    "missing-schema-file": RuleGuide(
      why: "`discover` and every read of the stream fail if the file does not exist.",
      wrong: "schema_loader: {type: JsonFileSchemaLoader, file_path: ./schemas/itmes.json}",
      right: "schema_loader: {type: JsonFileSchemaLoader, file_path: ./schemas/items.json}"),
    "missing-spec": RuleGuide(
      why: """
        Every command asks for the spec first and fails without one. The reference also reads a `spec.yaml` \
        beside the code of a connector.
        """,
      wrong: """
        version: 7.39.1
        streams: []
        """,
      right: """
        version: 7.39.1
        streams: []
        spec: {type: Spec, connection_specification: {type: object, properties: {}}}
        """),
    "page-size-mismatch": RuleGuide(
      why: """
        Pages end at the first one that is shorter than the page size. Where the request asks for less than that, \
        this is the first page.
        """,
      wrong: """
        requester: {request_parameters: {limit: 50}}
        paginator: {pagination_strategy: {type: PageIncrement, page_size: 100}}
        """,
      right: """
        requester: {request_parameters: {limit: 100}}
        paginator: {pagination_strategy: {type: PageIncrement, page_size: 100}}
        """),
    "primary-key-not-in-schema": RuleGuide(
      why: "Destinations cannot use a key that the schema does not have, and mostly the name is misspelt.",
      wrong: """
        primary_key: ID
        schema_loader: {type: InlineSchemaLoader, schema: {properties: {id: {type: integer}}}}
        """,
      right: """
        primary_key: id
        schema_loader: {type: InlineSchemaLoader, schema: {properties: {id: {type: integer}}}}
        """),
    "primary-key-type": RuleGuide(
      why: "Lists and objects cannot distinguish rows. Airbyte's connector tests refuse them as keys.",
      wrong: "primary_key: [tags]",
      right: "primary_key: [id]"),
    "remote-reference": RuleGuide(
      why: """
        A `$ref` leads into the manifest itself. Any other text is not followed, but stays as it is.
        """,
      wrong: "schema: {$ref: common.json}",
      right: "schema: {$ref: '#/definitions/common'}"),
    "renamed-name": RuleGuide(
      why: """
        The property had this name in an earlier version of the language, and nothing reads it any more. `--fix` \
        renames it.
        """,
      wrong: "limit_option: {type: RequestOption, inject_into: header, field_name: limit}",
      right: "page_size_option: {type: RequestOption, inject_into: header, field_name: limit}"),
    "repeated-first-page": RuleGuide(
      why: """
        Unless `inject_on_first_request` is set, the first request names no page, and the second one asks for the \
        page after `start_from_page`. With 0 that is page 1, which is also what an API that counts from 1 gave at \
        first. An API that counts from 0 is read correctly.
        """,
      wrong: "pagination_strategy: {type: PageIncrement, page_size: 100}",
      right: "pagination_strategy: {type: PageIncrement, page_size: 100, start_from_page: 1}"),
    "schema-keyword": RuleGuide(
      why: """
        With this keyword, destinations cannot determine the type of a column, or a new field breaks syncs. Airbyte's \
        connector tests forbid them.
        """,
      wrong: "schema: {type: object, additionalProperties: false}",
      right: "schema: {type: object, additionalProperties: true}"),
    "schema-shape": RuleGuide(
      why: """
        Destinations cannot use a keyword with an invalid value, or a type that does not exist.
        """,
      wrong: "properties: {id: {type: int}}",
      right: "properties: {id: {type: integer}}"),
    "secret-in-url": RuleGuide(
      why: "Addresses end up in the logs of proxies and servers, and the secret with them.",
      wrong: #"request_parameters: {key: "{{ config['api_key'] }}"}"#,
      right: """
        authenticator:
          type: ApiKeyAuthenticator
          api_token: "{{ config['api_key'] }}"
          inject_into: {type: RequestOption, inject_into: header, field_name: X-Key}
        """),
  ]

  private static let second: [String: RuleGuide] = [
    "spec-date-format": RuleGuide(
      why: """
        Airbyte's form shows a date picker if `format` says so, and `pattern` has to allow what it produces.
        """,
      wrong: "start: {type: string, format: date}",
      right: #"start: {type: string, format: date, pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}"#),
    "spec-keyword": RuleGuide(
      why: "Airbyte's form does not know the keyword. Airbyte's connector tests forbid it in a spec.",
      wrong: "connection_specification: {type: object, additionalProperties: false}",
      right: "connection_specification: {type: object, additionalProperties: true}"),
    "spec-layout": RuleGuide(
      why: "Airbyte's form reads `group` and `display_type` in some places only, and only some of their values.",
      wrong: "region: {type: string, display_type: radio}",
      right: "region: {type: string}"),
    "spec-oauth": RuleGuide(
      why: """
        Airbyte looks for the login by `predicate_key`, and writes what it gets where the output paths lead. \
        Where the spec has no such field, login by OAuth fails.
        """,
      wrong: """
        predicate_key: [login, kind]
        predicate_value: oauth
        properties: {login: {oneOf: [{properties: {kind: {const: key}}}]}}
        """,
      right: """
        predicate_key: [login, kind]
        predicate_value: oauth
        properties: {login: {oneOf: [{properties: {kind: {const: oauth}}}]}}
        """),
    "spec-one-of": RuleGuide(
      why: """
        The form tells the variants of a `oneOf` apart by a property that each has as a constant of its own.
        """,
      wrong: "oneOf: [{properties: {a: {const: x}}}, {properties: {b: {const: y}}}]",
      right: "oneOf: [{properties: {kind: {const: x}}}, {properties: {kind: {const: y}}}]"),
    "spec-order": RuleGuide(
      why: "Two fields in the same place have no order between them.",
      wrong: """
        a: {type: string, order: 1}
        b: {type: string, order: 1}
        """,
      right: """
        a: {type: string, order: 1}
        b: {type: string, order: 2}
        """),
    "spec-schema": RuleGuide(
      why: "A spec that is not a JSON schema refuses every config.",
      wrong: "required: [token, token]",
      right: "required: [token]"),
    "spec-shape": RuleGuide(
      why: "Airbyte's form cannot show a field that does not say what it holds.",
      wrong: "ids: {type: array}",
      right: "ids: {type: array, items: {type: string}}"),
    "template-syntax": RuleGuide(
      why: """
        The manifest is accepted anyway. What needs the template fails where it is filled in, often at the \
        first record only.
        """,
      wrong: #"value: "{{ record.name | upperr }}""#,
      right: #"value: "{{ record.name | upper }}""#),
    "template-variable": RuleGuide(
      why: """
        Each property has variables of its own; a template that uses another one fails where it is filled in, or \
        gives nothing. `airbyte-lowcode explain TYPE.property` lists them.
        """,
      wrong: #"request_parameters: {since: "{{ record.updated }}"}"#,
      right: #"request_parameters: {since: "{{ stream_interval.start_time }}"}"#),
    "unasked-next-page": RuleGuide(
      why: """
        A paginator that finds the next page's token, but does not send it, reads the first page again and again.
        """,
      wrong: """
        paginator:
          type: DefaultPaginator
          pagination_strategy: {type: CursorPagination, cursor_value: "{{ response.next }}"}
        """,
      right: """
        paginator:
          type: DefaultPaginator
          pagination_strategy: {type: CursorPagination, cursor_value: "{{ response.next }}"}
          page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: after}
        """),
    "undeclared-config-key": RuleGuide(
      why: """
        Airbyte's form asks for what the spec declares, so that nobody fills in anything else. The template gets \
        an empty text.
        """,
      wrong: """
        api_token: "{{ config['tokn'] }}"
        properties: {token: {type: string}}
        """,
      right: """
        api_token: "{{ config['token'] }}"
        properties: {token: {type: string}}
        """),
    "unknown-partition-field": RuleGuide(
      why: """
        A field that no router gives is undefined, and the template gets an empty text: mostly it is misspelt, and all partitions ask for \
        the same.
        """,
      wrong: """
        path: "/users/{{ stream_partition.userid }}"
        partition_router: {type: ListPartitionRouter, cursor_field: user_id, values: [a, b]}
        """,
      right: """
        path: "/users/{{ stream_partition.user_id }}"
        partition_router: {type: ListPartitionRouter, cursor_field: user_id, values: [a, b]}
        """),
    "undeclared-parameter": RuleGuide(
      why: """
        A parameter that no component around it gives is undefined, and the template gets an empty text.
        """,
      wrong: """
        $parameters: {path: items}
        url: "https://api.example.com/{{ parameters.pth }}"
        """,
      right: """
        $parameters: {path: items}
        url: "https://api.example.com/{{ parameters.path }}"
        """),
    "unknown-check-stream": RuleGuide(
      why: "A check of a stream that does not exist always fails.",
      wrong: "check: {type: CheckStream, stream_names: [itmes]}",
      right: "check: {type: CheckStream, stream_names: [items]}"),
    "unknown-ignore": RuleGuide(
      why: "The comment names a rule that does not exist, so that what it should silence is still reported.",
      wrong: "url: http://intranet.example.com # airbyte-lowcode: ignore insecure-ulr",
      right: "url: http://intranet.example.com # airbyte-lowcode: ignore insecure-url"),
    "unknown-key": RuleGuide(
      why: """
        Nothing reads the key, whatever it should do: mostly it is misspelt, or is a level too deep.
        """,
      wrong: """
        type: HttpRequester
        http_methd: POST
        """,
      right: """
        type: HttpRequester
        http_method: POST
        """),
    "unmarked-secret": RuleGuide(
      why: "A field that is not marked is shown in Airbyte's form and in logs.",
      wrong: "client_secret: {type: string}",
      right: "client_secret: {type: string, airbyte_secret: true}"),
    "unsent-cursor": RuleGuide(
      why: """
        The window of the cursor is in no request, so that the API gives all records in each sync, and all of \
        them are passed on.
        """,
      wrong: """
        incremental_sync:
          type: DatetimeBasedCursor
          cursor_field: updated
        """,
      right: """
        incremental_sync:
          type: DatetimeBasedCursor
          cursor_field: updated
          start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: since}
        """),
    "untyped-items": RuleGuide(
      why: """
        Destinations keep an array of unknown elements as a text. Airbyte's connector tests ask for more.
        """,
      wrong: "tags: {type: array}",
      right: "tags: {type: array, items: {type: string}}"),
    "unused-definition": RuleGuide(
      why: "It is dead weight, or was meant to be referred to.",
      wrong: "definitions: {retry: {type: DefaultErrorHandler}}",
      right: """
        definitions: {retry: {type: DefaultErrorHandler}}
        error_handler: {$ref: '#/definitions/retry'}
        """),
    "unused-ignore": RuleGuide(
      why: """
        What it should silence no longer exists, or the comment names no rule. It would hide a later \
        mistake.
        """,
      wrong: "url: https://api.example.com # airbyte-lowcode: ignore insecure-url",
      right: "url: https://api.example.com"),
    "unused-parameter": RuleGuide(
      why: """
        Neither a template nor a property uses it, so that it does nothing; mostly one of the two names is \
        misspelt.
        """,
      wrong: """
        $parameters: {pth: items}
        url: "https://api.example.com/{{ parameters['path'] }}"
        """,
      right: """
        $parameters: {path: items}
        url: "https://api.example.com/{{ parameters['path'] }}"
        """),
  ]
}
