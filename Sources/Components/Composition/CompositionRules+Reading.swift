import ConnectorModel

extension CompositionRules {
  /// What holds between the components that take part in reading, in the order in which a build fails. Adding a rule means adding its
  /// file and its line here.
  package static let reading: [any CompositionRule.Type] = [
    // Streams
    StateDelegatingNames.self,
    LegacyMigrationPartners.self,
    CountingWithoutPartitions.self,
    SchemaWithoutPartitions.self,
    MappingConditions.self,
    NestedRouterOptions.self,
    // Retrievers
    DownloadTargetExtractor.self,
    RetrieverActionPlaces.self,
    OffsetOverUnion.self,
    LazyReadingPartners.self,
    SingleQueryProperties.self,
    PaginationResetPartners.self,
    PageSizeReductionPartners.self,
    RequestWindowSplittingPartners.self,
    // Their parts
    CombinedExtractorDecoder.self,
    DefaultPaginatorDecoder.self,
    TruncatedListRetriever.self,
  ]

  /// What holds for the streams of a manifest, but not for their parents.
  package static let ofManifestStreams = CompositionRules([StreamParts.self, StreamNames.self])
}
