extension ComponentRegistry {
  /// Every component that this version can run. Adding one means adding its file and its line here.
  package static let standard = ComponentRegistry([
    // Streams
    DeclarativeStream.self,
    // Retrieving
    AsyncJobStatusMap.self,
    AsyncRetriever.self,
    GroupByKeyMergeStrategy.self,
    JsonSchemaPropertySelector.self,
    PageSizeReduction.self,
    PaginationReset.self,
    PaginationResetLimits.self,
    PropertiesFromEndpoint.self,
    PropertyChunking.self,
    QueryProperties.self,
    RequestWindowSplitting.self,
    SimpleRetriever.self,
    // Requesting
    HttpRequester.self,
    RequestOption.self,
    RequestPath.self,
    // Authentication
    ApiKeyAuthenticator.self,
    BasicHttpAuthenticator.self,
    BearerAuthenticator.self,
    HttpRequestRegexMatcher.self,
    JwtAuthenticator.self,
    LegacySessionTokenAuthenticator.self,
    NoAuth.self,
    OAuthAuthenticator.self,
    QuotaStatusSource.self,
    RateLimitedMultipleTokenAuthenticator.self,
    SelectiveAuthenticator.self,
    SessionTokenAuthenticator.self,
    TokenQuota.self,
    // Error handling
    CompositeErrorHandler.self,
    ConstantBackoffStrategy.self,
    DefaultErrorHandler.self,
    ExponentialBackoffStrategy.self,
    HttpResponseFilter.self,
    WaitTimeFromHeader.self,
    WaitTimeFromResponse.self,
    WaitUntilTimeFromHeader.self,
    // Pagination
    CursorPagination.self,
    DefaultPaginator.self,
    NoPagination.self,
    OffsetIncrement.self,
    PageIncrement.self,
    // Decoding
    JsonDecoder.self,
    // Selecting
    CombinedExtractor.self,
    DpathExtractor.self,
    ParentFieldPath.self,
    RecordExpander.self,
    RecordFilter.self,
    RecordSelector.self,
    ResponseToFileExtractor.self,
    // Transforming
    AddFields.self,
    AddedFieldDefinition.self,
    DpathFlattenFields.self,
    FlattenFields.self,
    KeyTransformation.self,
    KeysReplace.self,
    KeysToLower.self,
    KeysToSnakeCase.self,
    RemoveFields.self,
    // Partitioning
    GroupingPartitionRouter.self,
    ListPartitionRouter.self,
    ParentStreamConfig.self,
    SubstreamPartitionRouter.self,
    UnionPartitionRouter.self,
    // Incremental
    DatetimeBasedCursor.self,
    IncrementingCountCursor.self,
    LegacyToPerPartitionStateMigration.self,
    MinMaxDatetime.self,
    // Schemas
    InlineSchemaLoader.self,
    JsonFileSchemaLoader.self,
    // Engine
    CheckStream.self,
    ConcurrencyLevel.self,
    Spec.self,
  ])
}
