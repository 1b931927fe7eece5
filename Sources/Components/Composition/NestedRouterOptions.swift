import AirbyteProtocol
import ConnectorModel
import Manifest

/// A router that another one takes apart or joins sets no request options: they have no meaning for what comes out.
enum NestedRouterOptions: CompositionRule {
  static var subjects: [any Component.Type] { [GroupingPartitionRouter.self, UnionPartitionRouter.self] }

  static func violations(of owner: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    let routers = [owner["underlying_partition_router"]].compactMap { $0 } + (owner["partition_routers"]?.sequence ?? [])
    return routers.filter(hasOption).map {
      ConnectorError(
        .system,
        "A router inside a `\(owner.type)` cannot have request options; use `stream_partition` in the requester", at: $0)
    }
  }

  private static func hasOption(_ router: ManifestNode) -> Bool {
    let holders =
      switch router["type"]?.string {
      case ListPartitionRouter.typeName: [router]
      case SubstreamPartitionRouter.typeName: router["parent_stream_configs"]?.sequence ?? []
      default: [ManifestNode]()
      }
    return holders.contains { $0["request_option"]?.isNull == false }
  }
}
