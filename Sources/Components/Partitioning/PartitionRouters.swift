import ConnectorModel
import Manifest

/// Makes a stream's router from its manifest.
package enum PartitionRouters {
  /// - Parameter node: a retriever's `partition_router`: a component, or a list of them, which are multiplied.
  /// - Returns: nil for a stream without partitions.
  package static func make(from node: ManifestNode?, in scope: BuildScope) throws -> (any PartitionRouter)? {
    guard let node, !node.isNull else { return nil }
    guard let nodes = node.sequence else { return try scope.build(node, as: (any PartitionRouter).self) }
    // An empty list is no router at all.
    guard !nodes.isEmpty else { return nil }
    return CartesianProductStreamSlicer(
      routers: try nodes.map { try scope.build($0, as: (any PartitionRouter).self) }, log: scope.runtime.log)
  }
}
