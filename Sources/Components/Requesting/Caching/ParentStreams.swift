import ConnectorModel
import Manifest

/// Finds the streams whose pages other streams walk through.
package enum ParentStreams {
  /// The names of all parents that `streams` have.
  /// - Throws: ``ConnectorError`` if a generated stream has null where it is read, as in the reference.
  package static func names(of streams: [ManifestNode]) throws -> Set<String> {
    var names: Set<String> = []
    for stream in streams {
      if let nothing = ["incremental_sync", "retriever"].compactMap({ stream[$0] }).first(where: \.isNull) {
        throw ConnectorError(
          .system, "`\(nothing.key ?? "")` of stream `\(stream["name"]?.string ?? "")` should not be null: leave it out",
          at: nothing)
      }
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
  private static func forEachParent(of router: ManifestNode, _ body: (ManifestNode) throws -> Void) rethrows {
    try router.walk(into: { ["partition_routers", "underlying_partition_router"].contains($0) }) { router in
      for parent in router["parent_stream_configs"]?.sequence ?? [] { try body(parent) }
      return .into
    }
  }

  /// Refuses a stream, or a parent of its partitions, that has no `name`, as the reference does, which uses names to decide
  /// whose responses are kept.
  /// - Throws: ``ConnectorError``.
  package static func requireNames(of stream: ManifestNode) throws {
    guard stream["name"] != nil else { throw nameless(stream) }
    guard let router = stream["retriever"]?["partition_router"] else { return }
    try forEachParent(of: router) { parent in
      if let stream = parent["stream"], stream["name"] == nil { throw nameless(stream) }
    }
  }

  private static func nameless(_ stream: ManifestNode) -> ConnectorError {
    let type = stream["type"]?.string ?? DeclarativeStream.typeName
    return ConnectorError(.system, "`\(type)` needs a `name`", at: stream, cause: .missing(["name"]))
  }
}
