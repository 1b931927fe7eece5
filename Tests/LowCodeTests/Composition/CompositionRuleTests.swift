import JSON
import Testing
import YAML

@testable import Components
@testable import ConnectorModel
@testable import Engine
@testable import Manifest

/// Each rule that spans components: where it fires, with its words and its place, and where it does not.
@Suite struct CompositionRuleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let rule: any CompositionRule.Type
    let component: String
    let expected: [String]
    var surroundings = Surroundings()

    init(_ rule: any CompositionRule.Type, _ component: String, _ expected: [String] = [], _ surroundings: Surroundings = .init())
    {
      self.rule = rule
      self.component = component
      self.expected = expected
      self.surroundings = surroundings
    }

    var testDescription: String { "\(rule): \(component)" }
  }

  /// What the scope says of what is around the component.
  struct Surroundings: Sendable {
    var sync: String?
    var hasFiles = false
    var state: JSONObject?
    var decoder: String?
    var manifest: String?

    fileprivate func scope() throws -> BuildScope {
      let world = TestWorld([])
      let run = RunScope(
        config: [:], runtime: world.runtime, registry: .standard, manifest: try manifest.map(CompositionRuleTests.node))
      var reading = ReadingScope()
      reading.incrementalSync = try sync.map(CompositionRuleTests.node)
      reading.hasFiles = hasFiles
      let scope = BuildScope(run).entering(StreamScope(name: "items", state: state)).entering(reading)
      guard let decoder else { return scope }
      return scope.entering(ExchangeScope(decoder: try scope.build(CompositionRuleTests.node(decoder))))
    }
  }

  private static func node(_ yaml: String) throws -> ManifestNode {
    ManifestNode(try YAMLConversion.value(YAMLDocument(parsing: yaml, file: "manifest.yaml").root))
  }

  @Test(arguments: retrievers + jobs + streams + parts)
  func violationsHaveTheirWordsAndPlaces(tested: Case) throws {
    let violations = tested.rule.violations(
      of: try ComponentNode(Self.node(tested.component)), in: try tested.surroundings.scope())
    #expect(violations.map { "\($0.path): \($0.message)" } == tested.expected)
    let isForTheUser = tested.rule == OffsetOverUnion.self || tested.rule == CombinedExtractorDecoder.self
    #expect(violations.allSatisfy { $0.failureType == (isForTheUser ? .config : .system) })
  }

  /// Every rule of the catalogue has cases in which it fires and others in which it does not.
  @Test func everyRuleHasCases() {
    let cases = Self.retrievers + Self.jobs + Self.streams + Self.parts
    for rule in ComponentRegistry.standard.rules.all + CompositionRules.ofManifestStreams.all + [ConfigOverridesPartners.self] {
      let outcomes = Set(cases.filter { $0.rule == rule }.map(\.expected.isEmpty))
      #expect(outcomes == [true, false], "\(rule)")
    }
  }

  // MARK: Retrievers

  private static let reduces = "error_handler: {response_filters: [{action: REDUCE_PAGE_SIZE}]}"
  private static let splits = "error_handler: {error_handlers: [{response_filters: [{action: SPLIT_REQUEST_WINDOW}]}]}"
  private static let lazyRouter = """
    partition_router: {type: SubstreamPartitionRouter, parent_stream_configs: [{lazy_read_pointer: [first]}]}
    """
  private static let datetimes = "type: DatetimeBasedCursor, datetime_format: '%Y-%m-%d'"

  /// A retriever whose page size can be reduced, but for what is given.
  private static func reduction(
    size: String = "page_size: 100", reduction: String = "", more: String = "", paginator: String = "page_size_option: {}",
    strategy: String = "type: CursorPagination"
  ) -> String {
    """
    {page_size_reduction: {type: PageSizeReduction\(reduction)}, requester: {\(reduces)\(more)},
     paginator: {type: DefaultPaginator, \(paginator), pagination_strategy: {\(strategy), \(size)}}}
    """
  }

  static let retrievers = [
    Case(
      OffsetOverUnion.self,
      """
      {paginator: {pagination_strategy: {type: OffsetIncrement}},
       record_selector: {extractor: {type: CombinedExtractor, mode: first_match, extractors: [{type: CombinedExtractor}]}}}
      """,
      [
        "paginator.pagination_strategy: `OffsetIncrement` cannot follow the sum of the records of a `CombinedExtractor` with the "
          + "mode union"
      ]),
    Case(
      OffsetOverUnion.self,
      "{download_paginator: {pagination_strategy: {type: OffsetIncrement}}, download_extractor: {type: CombinedExtractor}}",
      [
        "download_paginator.pagination_strategy: `OffsetIncrement` cannot follow the sum of the records of a `CombinedExtractor` "
          + "with the mode union"
      ]),
    Case(
      OffsetOverUnion.self,
      """
      {paginator: {pagination_strategy: {type: OffsetIncrement}},
       record_selector: {extractor: {type: CombinedExtractor, mode: first_match}}}
      """),
    Case(
      OffsetOverUnion.self,
      "{paginator: {pagination_strategy: {type: PageIncrement}}, record_selector: {extractor: {type: CombinedExtractor}}}"),

    Case(
      LazyReadingPartners.self, "{\(lazyRouter), page_size_reduction: {}, requester: {\(splits)}, decoder: {type: JsonlDecoder}}",
      [
        "page_size_reduction: `page_size_reduction` and the action REDUCE_PAGE_SIZE cannot be combined with `lazy_read_pointer`",
        ": `request_window_splitting` and the action SPLIT_REQUEST_WINDOW cannot be combined with `lazy_read_pointer`",
        "step: With `lazy_read_pointer` a partition has one slice, so `step` cannot be given",
        "cursor_granularity: With `lazy_read_pointer` a partition has one slice, so `cursor_granularity` cannot be given",
        "decoder: With `lazy_read_pointer` the decoder has to be a `JsonDecoder`",
      ], Surroundings(sync: "{\(datetimes), step: P1D, cursor_granularity: P1D}")),
    Case(
      LazyReadingPartners.self, "{\(lazyRouter)}",
      [": With `lazy_read_pointer` the cursor has to be a `DatetimeBasedCursor`"],
      Surroundings(sync: "{type: IncrementingCountCursor}")),
    Case(
      LazyReadingPartners.self, "{\(lazyRouter), decoder: {type: JsonlDecoder}}", [],
      Surroundings(sync: "{\(datetimes), step: P1D}", state: ["at": "2024-01-01"])),
    Case(LazyReadingPartners.self, "{\(lazyRouter), decoder: {type: JsonDecoder}}", [], Surroundings(sync: "{\(datetimes)}")),
    Case(LazyReadingPartners.self, "{page_size_reduction: {}, decoder: {type: JsonlDecoder}}"),

    Case(
      SingleQueryProperties.self,
      """
      {requester: {request_parameters: {a: {type: QueryProperties}, b: {type: QueryProperties}, c: '1'},
       fetch_properties_from_endpoint: {}}}
      """,
      [
        "requester.fetch_properties_from_endpoint: Query properties belong in `request_parameters` or in "
          + "`fetch_properties_from_endpoint`, not in both",
        "requester.request_parameters.b: `request_parameters` can have one `QueryProperties` only",
      ]),
    Case(SingleQueryProperties.self, "{requester: {request_parameters: {a: {type: QueryProperties}}}}"),
    Case(SingleQueryProperties.self, "{requester: {request_parameters: {c: '1'}, fetch_properties_from_endpoint: {}}}"),

    Case(
      PaginationResetPartners.self, "{pagination_reset: {limits: {}}, record_selector: {record_filter: {}}}",
      ["pagination_reset.limits: `PaginationResetLimits` cannot be combined with a record filter"]),
    Case(PaginationResetPartners.self, "{pagination_reset: {}, record_selector: {record_filter: {}}}"),
    Case(PaginationResetPartners.self, "{pagination_reset: {limits: {}}, record_selector: {record_filter: null}}"),
    Case(PaginationResetPartners.self, "{\(lazyRouter), pagination_reset: {limits: {}}, record_selector: {record_filter: {}}}"),

    Case(
      PageSizeReductionPartners.self, "{requester: {\(reduces)}}",
      [": A filter has the action REDUCE_PAGE_SIZE, so the retriever needs `page_size_reduction`"]),
    Case(
      PageSizeReductionPartners.self, reduction(more: ", query_properties: {}"),
      [
        "page_size_reduction: `page_size_reduction` cannot be combined with query properties",
        "page_size_reduction: `page_size_reduction` cannot be combined with a `file_uploader`",
      ], Surroundings(hasFiles: true)),
    Case(
      PageSizeReductionPartners.self, "{page_size_reduction: {}}",
      ["page_size_reduction: `page_size_reduction` needs a `DefaultPaginator`, which sends the page size"]),
    Case(
      PageSizeReductionPartners.self, reduction(size: "", paginator: "page_token_option: {type: RequestPath}"),
      [
        "page_size_reduction: `page_size_reduction` needs the paginator's `page_size_option`",
        "page_size_reduction: `page_size_reduction` cannot change the size in a URL that the API made: use a page token other than "
          + "`RequestPath`",
        "page_size_reduction: `page_size_reduction` needs a `page_size` in the pagination strategy",
      ]),
    Case(
      PageSizeReductionPartners.self, reduction(strategy: "type: PageIncrement"),
      [
        "page_size_reduction: `page_size_reduction` works with `CursorPagination` and `OffsetIncrement` only: with others the next "
          + "page depends on the size"
      ]),
    Case(
      PageSizeReductionPartners.self,
      reduction(
        size: "page_size: '10'", reduction: ", minimum_page_size: 10",
        strategy: "type: CursorPagination, stop_condition: '{{ last_page_size < 100 }}'"),
      [
        "page_size_reduction: `page_size_reduction` can never reduce the `page_size` 10, because `minimum_page_size` is 10",
        "page_size_reduction: `page_size_reduction` makes pages shorter than `{{ last_page_size < 100 }}` expects, so reading would "
          + "stop early: compare with `page_size` instead",
      ]),
    Case(PageSizeReductionPartners.self, reduction()),
    Case(PageSizeReductionPartners.self, reduction(strategy: "type: OffsetIncrement")),
    Case(PageSizeReductionPartners.self, "{requester: {\(splits)}}"),

    Case(
      RequestWindowSplittingPartners.self, "{requester: {\(splits)}}",
      [": A filter has the action SPLIT_REQUEST_WINDOW, so the retriever needs `request_window_splitting`"]),
    Case(
      RequestWindowSplittingPartners.self, "{request_window_splitting: {}}",
      ["request_window_splitting: `request_window_splitting` needs a `DatetimeBasedCursor`"]),
    Case(
      RequestWindowSplittingPartners.self,
      "{request_window_splitting: {}, requester: {request_parameters: {a: {type: QueryProperties}}}}",
      [
        "request_window_splitting: `request_window_splitting` needs the cursor's `cursor_granularity`, the smallest window",
        "request_window_splitting: `request_window_splitting` cannot be combined with query properties",
        "request_window_splitting: `request_window_splitting` cannot be combined with a `file_uploader`",
      ], Surroundings(sync: "{\(datetimes)}", hasFiles: true)),
    Case(
      RequestWindowSplittingPartners.self, "{request_window_splitting: {}}",
      [
        "request_window_splitting: `request_window_splitting` cannot change the requests of a stream that is filtered on the "
          + "client's side",
        "request_window_splitting: `request_window_splitting` needs a `datetime_format` that can distinguish values one "
          + "`cursor_granularity` apart",
      ], Surroundings(sync: "{\(datetimes), cursor_granularity: PT1S, is_client_side_incremental: true}")),
    Case(
      RequestWindowSplittingPartners.self, "{request_window_splitting: {}}",
      ["request_window_splitting: `request_window_splitting` needs a `cursor_granularity` above zero"],
      Surroundings(sync: "{\(datetimes), cursor_granularity: P0D}")),
    Case(
      RequestWindowSplittingPartners.self, "{request_window_splitting: {}}", [],
      Surroundings(sync: "{\(datetimes), cursor_granularity: P1D}")),
  ]

  // MARK: Jobs, logins and files

  static let jobs = [
    Case(
      DownloadTargetExtractor.self, "{download_target_requester: {}}",
      ["download_target_requester: `download_target_requester` needs `download_target_extractor`"]),
    Case(DownloadTargetExtractor.self, "{download_target_requester: {}, download_target_extractor: {}}"),

    Case(
      RetrieverActionPlaces.self, "{creation_requester: {\(reduces)}, polling_requester: {}, delete_requester: {\(splits)}}",
      [
        "creation_requester: The action REDUCE_PAGE_SIZE is for the main requester of a `SimpleRetriever`, not for "
          + "`creation_requester` of an `AsyncRetriever`",
        "delete_requester: The action SPLIT_REQUEST_WINDOW is for the main requester of a `SimpleRetriever`, not for "
          + "`delete_requester` of an `AsyncRetriever`",
      ]),
    Case(
      RetrieverActionPlaces.self, "{file_uploader: {requester: {\(reduces)}}}",
      [
        "file_uploader.requester: The action REDUCE_PAGE_SIZE is for the main requester of a `SimpleRetriever`, not for the "
          + "requester of a `file_uploader`"
      ]),
    Case(
      RetrieverActionPlaces.self, "{login_requester: {\(splits)}}",
      [
        "login_requester: The action SPLIT_REQUEST_WINDOW is for the main requester of a `SimpleRetriever`, not for a "
          + "`login_requester`"
      ]),
    Case(RetrieverActionPlaces.self, "{login_requester: {error_handler: {response_filters: [{action: RETRY}]}}}"),
  ]

  // MARK: Streams

  private static let router = "partition_router: {type: SubstreamPartitionRouter, parent_stream_configs: [{partition_field: id}]}"

  static let streams = [
    Case(
      StateDelegatingNames.self, "{name: items, full_refresh_stream: {name: items}, incremental_stream: {name: other}}",
      [": The two streams of the `StateDelegatingStream` `items` should have its name"]),
    Case(StateDelegatingNames.self, "{name: items, full_refresh_stream: {name: items}, incremental_stream: {name: items}}"),

    Case(
      LegacyMigrationPartners.self, "{state_migrations: [{}], retriever: {type: CustomRetriever}}",
      [
        "state_migrations[0]: A `LegacyToPerPartitionStateMigration` cannot be used here. It needs a stream with a "
          + "`SimpleRetriever` or an `AsyncRetriever`",
        "state_migrations[0]: A `LegacyToPerPartitionStateMigration` cannot be used here. It needs an `incremental_sync`",
      ]),
    Case(
      LegacyMigrationPartners.self,
      """
      {state_migrations: [{type: CustomStateMigration}, {type: LegacyToPerPartitionStateMigration}],
       incremental_sync: {cursor_field: at}, retriever: {type: SimpleRetriever, partition_router: {type: ListPartitionRouter}}}
      """,
      [
        "state_migrations[1]: A `LegacyToPerPartitionStateMigration` cannot be used here. It needs a `SubstreamPartitionRouter` or a "
          + "`UnionPartitionRouter`"
      ]),
    Case(
      LegacyMigrationPartners.self,
      """
      {state_migrations: [{}], incremental_sync: {cursor_field: at},
       retriever: {type: AsyncRetriever, partition_router: {type: CustomPartitionRouter}}}
      """,
      [
        "state_migrations[0]: A `LegacyToPerPartitionStateMigration` cannot be used here. It needs a parent stream with a "
          + "`partition_field`"
      ]),
    Case(
      LegacyMigrationPartners.self,
      "{state_migrations: [{}], incremental_sync: {cursor_field: at}, retriever: {type: SimpleRetriever, \(router)}}"),
    Case(LegacyMigrationPartners.self, "{state_migrations: [{class_name: source.Migration}]}"),

    Case(
      CountingWithoutPartitions.self,
      "{name: items, incremental_sync: {type: IncrementingCountCursor}, retriever: {partition_router: [{}]}}",
      [
        "incremental_sync: An `IncrementingCountCursor` does not work with a partition router: stream `items` has both"
      ]),
    Case(
      CountingWithoutPartitions.self,
      "{name: items, incremental_sync: {type: IncrementingCountCursor}, retriever: {partition_router: []}}"),
    Case(
      CountingWithoutPartitions.self,
      "{name: items, incremental_sync: {type: DatetimeBasedCursor}, retriever: {partition_router: {}}}"),

    Case(
      SchemaWithoutPartitions.self, "{retriever: {type: AsyncRetriever, partition_router: {}}}",
      [
        "retriever.partition_router: The retriever of a `DynamicSchemaLoader` cannot have partitions: only its first record counts"
      ]),
    Case(SchemaWithoutPartitions.self, "{retriever: {type: SimpleRetriever, partition_router: {}}}"),

    Case(
      MappingConditions.self, "{components_mapping: [{condition: ''}, {condition: 'true'}]}",
      ["components_mapping[1]: A `condition` can only be used in a mapping of a `ConfigComponentsResolver`"]),
    Case(MappingConditions.self, "{components_mapping: [{}]}"),

    Case(
      NestedRouterOptions.self,
      """
      {type: UnionPartitionRouter, partition_routers: [{type: ListPartitionRouter, request_option: {}},
       {type: ListPartitionRouter, request_option: null},
       {type: SubstreamPartitionRouter, parent_stream_configs: [{}, {request_option: {}}]}]}
      """,
      [
        "partition_routers[0]: A router inside a `UnionPartitionRouter` cannot have request options; use `stream_partition` in the "
          + "requester",
        "partition_routers[2]: A router inside a `UnionPartitionRouter` cannot have request options; use `stream_partition` in the "
          + "requester",
      ]),
    Case(
      NestedRouterOptions.self,
      """
      {type: GroupingPartitionRouter, underlying_partition_router: {type: ListPartitionRouter, request_option: {}}}
      """,
      [
        "underlying_partition_router: A router inside a `GroupingPartitionRouter` cannot have request options; use "
          + "`stream_partition` in the requester"
      ]),
    Case(NestedRouterOptions.self, "{type: GroupingPartitionRouter, underlying_partition_router: {type: ListPartitionRouter}}"),

    Case(
      StreamNames.self,
      """
      {type: DeclarativeStream, retriever: {partition_router: {partition_routers: [{parent_stream_configs: [
       {stream: {type: StateDelegatingStream}}, {stream: {name: parents}}]}]}}}
      """,
      [
        ": `DeclarativeStream` needs a `name`",
        "retriever.partition_router.partition_routers[0].parent_stream_configs[0].stream: `StateDelegatingStream` needs a `name`",
      ]),
    Case(StreamNames.self, "{type: DeclarativeStream, name: items, retriever: {}}"),

    Case(
      StreamParts.self, "{name: items, incremental_sync: null, retriever: {}}",
      ["incremental_sync: `incremental_sync` of stream `items` should not be null: leave it out"]),
    Case(StreamParts.self, "{name: items, retriever: {}}"),

    Case(
      ConfigOverridesPartners.self, "{type: CheckStream, config_overrides: {a: 1}}",
      [
        "config_overrides: `config_overrides` is not allowed in a manifest with a `refresh_token_updater`, which would keep the "
          + "overrides too"
      ], Surroundings(manifest: "{streams: [{type: OAuthAuthenticator, refresh_token_updater: {}}]}")),
    Case(
      ConfigOverridesPartners.self, "{type: CheckStream, config_overrides: {}}", [],
      Surroundings(manifest: "{streams: [{type: OAuthAuthenticator, refresh_token_updater: {}}]}")),
    Case(
      ConfigOverridesPartners.self, "{type: CheckStream, config_overrides: {a: 1}}", [],
      Surroundings(manifest: "{streams: [{type: OAuthAuthenticator, refresh_token_updater: null}]}")),
  ]

  // MARK: Parts of retrievers

  static let parts = [
    Case(
      CombinedExtractorDecoder.self, "{type: CombinedExtractor}",
      [": A `CombinedExtractor` reads a body several times, which `JsonlDecoder` cannot do"],
      Surroundings(decoder: "{type: JsonlDecoder}")),
    Case(CombinedExtractorDecoder.self, "{type: CombinedExtractor}", [], Surroundings(decoder: "{type: JsonDecoder}")),

    Case(
      DefaultPaginatorDecoder.self, "{type: DefaultPaginator}",
      [": `DefaultPaginator` cannot look into bodies that `CsvDecoder` reads: only JSON, JSON in gzip and XML"],
      Surroundings(decoder: "{type: CsvDecoder}")),
    Case(
      DefaultPaginatorDecoder.self, "{type: DefaultPaginator}", [],
      Surroundings(decoder: "{type: GzipDecoder, decoder: {type: JsonDecoder}}")),

    Case(
      TruncatedListRetriever.self, "{truncated_list_retriever: {partition_router: {}, pagination_reset: {}}}",
      [
        ": `truncated_list_retriever` needs `truncation_indicator_path`",
        "truncated_list_retriever.partition_router: A `truncated_list_retriever` cannot have `partition_router`",
        "truncated_list_retriever.pagination_reset: A `truncated_list_retriever` cannot have `pagination_reset`",
      ]),
    Case(TruncatedListRetriever.self, "{truncated_list_retriever: {}, truncation_indicator_path: [more]}"),
    Case(TruncatedListRetriever.self, "{}"),
  ]
}
