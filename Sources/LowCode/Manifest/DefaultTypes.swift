/// A place for components: the field of a component.
struct ComponentPlace {
  let component: String
  let field: String
}

/// The types that components may leave out, since their place admits one that is usual.
package enum DefaultTypes {
  /// The types that a component in a place, given as `Component.field`, may leave out.
  package static func usual(in place: String) -> [String] { [standard[place], custom[place]].compactMap { $0 } }

  /// The type to give to a mapping in a place; nil if it has one, or the place has no usual one.
  static func type(of mapping: ManifestMapping, in place: ComponentPlace?) -> String? {
    guard let place, mapping.place(of: "type") == nil else { return nil }
    let name = "\(place.component).\(place.field)"
    return mapping.place(of: "class_name") == nil ? standard[name] : custom[name]
  }

  /// By place, for components of this runtime. Names that no component bears any more are the reference's.
  private static let standard: [String: String] = [
    "AddFields.fields": "AddedFieldDefinition",
    "CompositeErrorHandler.error_handlers": "DefaultErrorHandler",
    "ConfigComponentsResolver.components_mapping": "ComponentMappingDefinition",
    "ConfigComponentsResolver.stream_config": "StreamConfig",
    "CursorPagination.decoder": "JsonDecoder",
    "CustomPartitionRouter.parent_stream_configs": "ParentStreamConfig",
    "DatetimeBasedCursor.end_datetime": "MinMaxDatetime",
    "DatetimeBasedCursor.end_time_option": "RequestOption",
    "DatetimeBasedCursor.start_datetime": "MinMaxDatetime",
    "DatetimeBasedCursor.start_time_option": "RequestOption",
    "DeclarativeSource.check": "CheckStream",
    "DeclarativeSource.spec": "Spec",
    "DeclarativeSource.streams": "DeclarativeStream",
    "DeclarativeStream.retriever": "SimpleRetriever",
    "DeclarativeStream.schema_loader": "JsonFileSchemaLoader",
    "DefaultErrorHandler.response_filters": "HttpResponseFilter",
    "DefaultPaginator.decoder": "JsonDecoder",
    "DefaultPaginator.page_size_option": "RequestOption",
    "DpathExtractor.decoder": "JsonDecoder",
    "DpathExtractor.record_expander": "RecordExpander",
    "DynamicDeclarativeStream.components_resolver": "ConfigComponentResolver",
    "DynamicDeclarativeStream.stream_template": "DeclarativeStream",
    "DynamicSchemaLoader.retriever": "SimpleRetriever",
    "HttpComponentsResolver.components_mapping": "ComponentMappingDefinition",
    "HttpComponentsResolver.retriever": "SimpleRetriever",
    "HttpRequester.error_handler": "DefaultErrorHandler",
    "ListPartitionRouter.request_option": "RequestOption",
    "ParentStreamConfig.request_option": "RequestOption",
    "ParentStreamConfig.stream": "DeclarativeStream",
    "RecordExpander.parent_fields": "ParentFieldPath",
    "RecordSelector.extractor": "DpathExtractor",
    "RecordSelector.record_filter": "RecordFilter",
    "SchemaTypeIdentifier.types_map": "TypesMap",
    "SimpleRetriever.paginator": "NoPagination",
    "SimpleRetriever.record_selector": "RecordSelector",
    "SimpleRetriever.requester": "HttpRequester",
    "SubstreamPartitionRouter.parent_stream_configs": "ParentStreamConfig",
  ]

  /// By place, for components with a `class_name`.
  private static let custom: [String: String] = [
    "CompositeErrorHandler.backoff_strategies": "CustomBackoffStrategy",
    "DeclarativeStream.retriever": "CustomRetriever",
    "DeclarativeStream.transformations": "CustomTransformation",
    "DefaultErrorHandler.backoff_strategies": "CustomBackoffStrategy",
    "DefaultPaginator.pagination_strategy": "CustomPaginationStrategy",
    "HttpRequester.authenticator": "CustomAuthenticator",
    "HttpRequester.error_handler": "CustomErrorHandler",
    "RecordSelector.extractor": "CustomRecordExtractor",
    "SimpleRetriever.partition_router": "CustomPartitionRouter",
  ]
}
