import ConnectorModel
import Manifest

extension HostedComponent {
  /// The component as what its place in the manifest needs.
  /// - Parameter type: the `type` of its node.
  /// - Returns: nil for a type that no class can be of.
  func playing(_ type: String) -> (any Sendable)? {
    switch type {
    case "CustomAuthenticator": HostedAuthenticator(self)
    case "CustomBackoffStrategy": HostedBackoffStrategy(self)
    case "CustomConfigTransformation": HostedConfigTransformation(self)
    case "CustomDecoder": HostedDecoder(self)
    case "CustomErrorHandler": HostedErrorHandler(self)
    case "CustomPaginationStrategy": HostedPaginationStrategy(self)
    case "CustomPartitionRouter": HostedPartitionRouter(self)
    case "CustomRecordExtractor": HostedExtractor(self)
    case "CustomRecordFilter": HostedFilter(self)
    case "CustomRequester": HostedRequester(self)
    case "CustomRetriever": HostedRetriever(self)
    case "CustomSchemaLoader": HostedSchemaLoader(self)
    case "CustomSchemaNormalization": HostedSchemaNormalization(self)
    case "CustomStateMigration": HostedStateMigration(self)
    case "CustomTransformation": HostedTransformation(self)
    case "CustomValidationStrategy": HostedValidationStrategy(self)
    default: nil
    }
  }
}
