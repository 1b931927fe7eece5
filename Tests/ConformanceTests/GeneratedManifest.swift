import JSON

/// The manifest of a ``GeneratedRead``.
struct GeneratedManifest {
  let cursor: GeneratedRead.Cursor
  let router: GeneratedRead.Router
  let pages: GeneratedRead.Pages

  var json: JSONValue {
    let parameters: JSONValue? =
      switch router {
      case .union: ["part": "{{ stream_partition['part'] }}"]
      case .groups: ["parts": "{{ stream_partition['part'] | join(',') }}"]
      default: nil
      }
    let items = Self.stream(
      "items", router: Self.partitions(router), sync: Self.sync(cursor), paginator: Self.paginator(pages), parameters: parameters)
    return [
      "version": "7.39.1", "type": "DeclarativeSource", "check": ["type": "CheckStream", "stream_names": ["items"]],
      "streams": [items], "spec": ["type": "Spec", "connection_specification": ["type": "object", "properties": [:]]],
    ]
  }

  private static func stream(
    _ name: String, router: JSONValue? = nil, sync: JSONValue? = nil, paginator: JSONValue? = nil, parameters: JSONValue? = nil
  ) -> JSONValue {
    var requester: JSONObject = [
      "type": "HttpRequester", "url_base": .string("http://\(ScriptedAPI.placeholder)"), "path": .string("/" + name),
    ]
    requester["request_parameters"] = parameters
    var retriever: JSONObject = [
      "type": "SimpleRetriever", "requester": .object(requester),
      "record_selector": ["type": "RecordSelector", "extractor": ["type": "DpathExtractor", "field_path": ["items"]]],
    ]
    retriever["partition_router"] = router
    retriever["paginator"] = paginator
    var stream: JSONObject = ["type": "DeclarativeStream", "name": .string(name), "retriever": .object(retriever)]
    stream["incremental_sync"] = sync
    stream["schema_loader"] = ["type": "InlineSchemaLoader", "schema": ["type": "object", "properties": [:]]]
    return .object(stream)
  }

  private static func option(_ name: String) -> JSONValue {
    ["type": "RequestOption", "inject_into": "request_parameter", "field_name": .string(name)]
  }

  private static func paginator(_ pages: GeneratedRead.Pages) -> JSONValue? {
    switch pages {
    case .none: nil
    case .page:
      [
        "type": "DefaultPaginator", "page_token_option": option("page"),
        "pagination_strategy": ["type": "PageIncrement", "start_from_page": 1, "page_size": 2],
      ]
    case .token:
      [
        "type": "DefaultPaginator", "page_token_option": option("after"),
        "pagination_strategy": [
          "type": "CursorPagination", "cursor_value": "{{ response.get('next') }}",
          "stop_condition": "{{ not response.get('next') }}",
        ],
      ]
    }
  }

  private static func sync(_ cursor: GeneratedRead.Cursor) -> JSONValue? {
    var sync: JSONObject = [
      "type": "DatetimeBasedCursor", "cursor_field": "at", "datetime_format": "%Y-%m-%dT%H:%M:%SZ",
      "start_datetime": "2025-01-01T00:00:00Z",
    ]
    switch cursor {
    case .none: return nil
    case .count:
      return ["type": "IncrementingCountCursor", "cursor_field": "n", "start_value": 0, "start_value_option": option("above")]
    case .clientSide: sync["is_client_side_incremental"] = true
    case .dataFeed: sync["is_data_feed"] = true
    case .window, .windows, .lookback, .shared:
      sync["start_time_option"] = option("from")
      sync["end_time_option"] = option("to")
    }
    if cursor == .windows || cursor == .lookback {
      sync["step"] = "P10D"
      sync["cursor_granularity"] = "PT1S"
    }
    if cursor == .lookback { sync["lookback_window"] = "P8D" }
    if cursor == .shared { sync["global_substream_cursor"] = true }
    return .object(sync)
  }

  private static func list(_ values: JSONValue, _ field: String, hasOption: Bool = true) -> JSONValue {
    var list: JSONObject = ["type": "ListPartitionRouter", "values": values, "cursor_field": .string(field)]
    if hasOption { list["request_option"] = option(field) }
    return .object(list)
  }

  private static func parent(isDependency: Bool = false, hasOption: Bool = true) -> JSONValue {
    var parent: JSONObject = [
      "type": "ParentStreamConfig", "parent_key": "id", "partition_field": "part", "incremental_dependency": .bool(isDependency),
      "stream": stream("parents", sync: isDependency ? sync(.windows) : nil),
    ]
    if hasOption { parent["request_option"] = option("part") }
    return ["type": "SubstreamPartitionRouter", "parent_stream_configs": [.object(parent)]]
  }

  private static func partitions(_ router: GeneratedRead.Router) -> JSONValue? {
    switch router {
    case .none: nil
    case .list: list(["a", "b", "c", "d"], "part")
    case .parent: parent()
    case .dependency: parent(isDependency: true)
    case .pairs: [list(["a", "b", "c", "d"], "part"), list(["x", "y"], "kind")]
    case .union:
      [
        "type": "UnionPartitionRouter", "partition_field": "part",
        "partition_routers": [list(["a", "b"], "part", hasOption: false), parent(hasOption: false)],
      ]
    case .groups:
      [
        "type": "GroupingPartitionRouter", "group_size": 2,
        "underlying_partition_router": list(["a", "b", "c", "d"], "part", hasOption: false),
      ]
    }
  }
}
