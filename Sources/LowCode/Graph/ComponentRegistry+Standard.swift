extension ComponentRegistry {
  /// Every component that this version can run. Adding one means adding its file and its line here.
  package static let standard = ComponentRegistry([
    // Streams
    DeclarativeStream.self,
    // Retrieving
    SimpleRetriever.self,
    // Requesting
    FixedWindowCallRatePolicy.self,
    HTTPAPIBudget.self,
    HttpRequestRegexMatcher.self,
    HttpRequester.self,
    MovingWindowCallRatePolicy.self,
    Rate.self,
    RequestOption.self,
    RequestPath.self,
    UnlimitedCallRatePolicy.self,
    // Authentication
    ApiKeyAuthenticator.self,
    BasicHttpAuthenticator.self,
    BearerAuthenticator.self,
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
    DpathExtractor.self,
    RecordFilter.self,
    RecordSelector.self,
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
