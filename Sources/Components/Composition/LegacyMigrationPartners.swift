import AirbyteProtocol
import ConnectorModel
import Manifest

/// A state by partitions fits a stream only that has partitions and a cursor.
enum LegacyMigrationPartners: CompositionRule {
  static var subjects: [any Component.Type] { [DeclarativeStream.self] }
  static var precedesParts: Bool { true }

  private static let routers = [
    SubstreamPartitionRouter.typeName, UnionPartitionRouter.typeName, "CustomPartitionRouter",
  ]

  static func violations(of stream: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    let migrations = (stream["state_migrations"]?.sequence ?? []).filter {
      StateMigrations.isUnnamed($0) || $0["type"]?.string == LegacyToPerPartitionStateMigration.typeName
    }
    return migrations.flatMap { migration in
      obstacles(in: stream).map {
        ConnectorError(.system, "A `LegacyToPerPartitionStateMigration` cannot be used here. \($0)", at: migration)
      }
    }
  }

  private static func obstacles(in stream: ComponentNode) -> [String] {
    let partitions = partitionObstacle(stream["retriever"])
    let cursor = stream["incremental_sync"]?["cursor_field"] == nil ? "It needs an `incremental_sync`" : nil
    guard partitions == nil, let router = stream["retriever"]?["partition_router"] else {
      return [partitions, cursor].compactMap { $0 }
    }
    let field =
      LegacyToPerPartitionStateMigration.partitionField(of: router) == nil
      ? "It needs a parent stream with a `partition_field`" : nil
    return [cursor, field].compactMap { $0 }
  }

  private static func partitionObstacle(_ retriever: ManifestNode?) -> String? {
    guard [SimpleRetriever.typeName, AsyncRetriever.typeName].contains(retriever?["type"]?.string ?? "") else {
      return "It needs a stream with a `SimpleRetriever` or an `AsyncRetriever`"
    }
    guard routers.contains(retriever?["partition_router"]?["type"]?.string ?? "") else {
      return "It needs a `SubstreamPartitionRouter` or a `UnionPartitionRouter`"
    }
    return nil
  }
}
