/// Finds the streams whose pages other streams walk through.
enum ParentStreams {
  /// The names of all parents that `streams` have.
  static func names(of streams: [ManifestNode]) -> Set<String> {
    var names: Set<String> = []
    for stream in streams {
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
}
