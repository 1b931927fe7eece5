/// The roles that components of an application may have, by the types that a manifest calls them.
package enum ComponentRole: String, CaseIterable, Sendable {
  case authenticator = "CustomAuthenticator"
  case backoffStrategy = "CustomBackoffStrategy"
  case configTransformation = "CustomConfigTransformation"
  case decoder = "CustomDecoder"
  case errorHandler = "CustomErrorHandler"
  case paginationStrategy = "CustomPaginationStrategy"
  case partitionRouter = "CustomPartitionRouter"
  case recordExtractor = "CustomRecordExtractor"
  case recordFilter = "CustomRecordFilter"
  case requester = "CustomRequester"
  case retriever = "CustomRetriever"
  case schemaLoader = "CustomSchemaLoader"
  case schemaNormalization = "CustomSchemaNormalization"
  case stateMigration = "CustomStateMigration"
  case transformation = "CustomTransformation"
  case validationStrategy = "CustomValidationStrategy"

  /// Whether a type conforms to the protocol of the role.
  package func isFulfilled(by type: any Component.Type) -> Bool {
    switch self {
    case .authenticator: type is any Authenticator.Type
    case .backoffStrategy: type is any BackoffStrategy.Type
    case .configTransformation: type is any ConfigTransformation.Type
    case .decoder: type is any Decoder.Type
    case .errorHandler: type is any ErrorHandler.Type
    case .paginationStrategy: type is any PaginationStrategy.Type
    case .partitionRouter: type is any PartitionRouter.Type
    case .recordExtractor: type is any RecordExtractor.Type
    case .recordFilter: type is any RecordCondition.Type
    case .requester: type is any Requester.Type
    case .retriever: type is any Retriever.Type
    case .schemaLoader: type is any SchemaLoader.Type
    case .schemaNormalization: type is any SchemaNormalization.Type
    case .stateMigration: type is any StateMigration.Type
    case .transformation: type is any RecordTransformation.Type
    case .validationStrategy: type is any ValidationStrategy.Type
    }
  }

  /// The roles that a type fulfils.
  package static func all(of type: any Component.Type) -> [ComponentRole] { allCases.filter { $0.isFulfilled(by: type) } }
}
