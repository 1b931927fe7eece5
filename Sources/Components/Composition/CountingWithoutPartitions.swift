import AirbyteProtocol
import ConnectorModel
import Manifest

/// A count is one for the whole stream.
enum CountingWithoutPartitions: CompositionRule {
  static var subjects: [any Component.Type] { [DeclarativeStream.self] }
  static var precedesParts: Bool { true }

  static func violations(of stream: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    guard let sync = stream["incremental_sync"], sync["type"]?.string == IncrementingCountCursor.typeName,
      let router = stream["retriever"]?["partition_router"], !router.isNull, router.sequence?.isEmpty != true
    else { return [] }
    return [
      ConnectorError(
        .system,
        "An `IncrementingCountCursor` does not work with a partition router: stream `\(stream["name"]?.string ?? "")` has both",
        at: sync)
    ]
  }
}
