/// Finds the streams whose pages other streams walk through.
enum ParentStreams {
  /// The names of all parents that `streams` have.
  /// - Throws: ``ConnectorError`` if a generated stream has null where it is read, as in the reference.
  static func names(of streams: [ManifestNode]) throws -> Set<String> {
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
        collect(router, &names)
      }
    }
    return names
  }

  private static func collect(_ router: ManifestNode, _ names: inout Set<String>) {
    for parent in router["parent_stream_configs"]?.sequence ?? [] {
      if let name = parent["stream"]?["name"]?.string { names.insert(name) }
    }
    for inner in (router.sequence ?? []) + (router["partition_routers"]?.sequence ?? []) { collect(inner, &names) }
    if let inner = router["underlying_partition_router"] { collect(inner, &names) }
  }

  /// Refuses a stream, or a parent of its partitions, that has no `name`, as the reference does, which uses names to decide
  /// whose responses are kept.
  /// - Throws: ``ConnectorError``.
  static func requireNames(of stream: ManifestNode) throws {
    guard stream["name"] != nil else { throw nameless(stream) }
    try requireParentNames(stream["retriever"]?["partition_router"], depth: 0)
  }

  private static func requireParentNames(_ router: ManifestNode?, depth: Int) throws {
    guard let router, depth < 100 else { return }
    for parent in router["parent_stream_configs"]?.sequence ?? [] {
      if let stream = parent["stream"], stream["name"] == nil { throw nameless(stream) }
    }
    for inner in (router.sequence ?? []) + (router["partition_routers"]?.sequence ?? []) {
      try requireParentNames(inner, depth: depth + 1)
    }
    try requireParentNames(router["underlying_partition_router"], depth: depth + 1)
  }

  private static func nameless(_ stream: ManifestNode) -> ConnectorError {
    let type = stream["type"]?.string ?? DeclarativeStream.typeName
    return ConnectorError(.system, "`\(type)` needs a `name`", at: stream, cause: .missing(["name"]))
  }
}
