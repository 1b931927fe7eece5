import AirbyteProtocol
import ConnectorModel
import Manifest

/// What lists the fields of a schema is asked once.
enum SchemaWithoutPartitions: CompositionRule {
  static var subjects: [any Component.Type] { [DynamicSchemaLoader.self] }
  static var precedesParts: Bool { true }

  static func violations(of loader: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    guard let retriever = loader["retriever"], retriever["type"]?.string == AsyncRetriever.typeName,
      let router = retriever["partition_router"]
    else { return [] }
    return [
      ConnectorError(
        .system, "The retriever of a `DynamicSchemaLoader` cannot have partitions: only its first record counts", at: router)
    ]
  }
}
