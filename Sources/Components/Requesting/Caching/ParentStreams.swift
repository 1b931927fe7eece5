import ConnectorModel
import JSON
import Manifest

/// Finds the streams whose pages other streams walk through.
package enum ParentStreams {
  /// The names of all parents that `streams` have.
  package static func names(of streams: [ManifestNode]) -> NameSet {
    var names: NameSet = []
    for stream in streams {
      if let parent = stream["incremental_sync"]?["parent_stream"], let name = parent["name"]?.string {
        names.insert(name)
      } else if let router = stream["retriever"]?["partition_router"] {
        forEachParent(of: router) { parent in
          if let name = parent["stream"]?["name"]?.string { names.insert(name) }
        }
      }
    }
    return names
  }

  /// Calls `body` with each `ParentStreamConfig` of a router and of the routers within it.
  static func forEachParent(of router: ManifestNode, _ body: (ManifestNode) throws -> Void) rethrows {
    try router.walk(into: { ["partition_routers", "underlying_partition_router"].contains($0) }) { router in
      for parent in router["parent_stream_configs"]?.sequence ?? [] { try body(parent) }
      return .into
    }
  }
}
