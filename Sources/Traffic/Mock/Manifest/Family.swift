import Manifest

/// Which streams are parents of others, and which of them have so many descendants that they should have few records.
struct Family: Sendable {
  private(set) var parents: Set<String> = []
  /// Streams that have one record for each request, so that the reads of their descendants end soon.
  private(set) var small: Set<String> = []
  private var sizes: [String: Double] = [:]

  /// A stream that is asked more often than this makes its ancestors small.
  private static let mostRequests = 100.0
  private static let deepest = 20

  init(in root: ManifestNode) {
    var streams: [ManifestNode] = root["streams"]?.sequence ?? []
    for node in root["dynamic_streams"]?.sequence ?? [] {
      if let template = node["stream_template"] { streams.append(template) }
    }
    for stream in streams {
      sizes = [:]
      let ancestors = ancestors(of: stream)
      parents.formUnion(ancestors)
      if !ancestors.isEmpty, requests(of: stream) > Self.mostRequests { small.formUnion(ancestors) }
    }
  }

  private static func routers(of node: ManifestNode?) -> [ManifestNode] {
    guard let node else { return [] }
    if let elements = node.sequence { return elements.flatMap { routers(of: $0) } }
    return node["underlying_partition_router"].map { routers(of: $0) } ?? [node]
  }

  /// The streams that a router takes its partitions from.
  private static func parents(in router: ManifestNode) -> [ManifestNode] {
    (router["parent_stream_configs"]?.sequence ?? []).compactMap { $0["stream"] }
  }

  private func ancestors(of stream: ManifestNode, depth: Int = 0) -> Set<String> {
    guard depth < Self.deepest else { return [] }
    var names: Set<String> = []
    for router in Self.routers(of: stream["retriever"]?["partition_router"]) {
      for parent in Self.parents(in: router) {
        if let name = parent["name"]?.string { names.insert(name) }
        names.formUnion(ancestors(of: parent, depth: depth + 1))
      }
    }
    return names
  }

  /// How often a stream's first page is asked for, once for each partition.
  private mutating func requests(of stream: ManifestNode, depth: Int = 0) -> Double {
    guard depth < Self.deepest else { return 1 }
    let name = stream["name"]?.string ?? ""
    if let known = sizes[name] { return known }
    var count = 1.0
    for router in Self.routers(of: stream["retriever"]?["partition_router"]) {
      if let values = router["values"]?.sequence { count *= Double(max(values.count, 1)) }
      let parents = Self.parents(in: router)
      if !parents.isEmpty {
        count *= parents.reduce(0) { $0 + requests(of: $1, depth: depth + 1) * Self.records(of: $1) }
      }
    }
    sizes[name] = count
    return count
  }

  /// About how many records a partition has.
  private static func records(of stream: ManifestNode) -> Double {
    let usual = Double(ManifestAPIOptions.usualRecords)
    guard let strategy = stream["retriever"]?["paginator"]?["pagination_strategy"] else { return usual }
    guard strategy["type"]?.string != "CursorPagination", let size = strategy["page_size"]?.int else { return usual * 2 }
    return size <= 20 ? Double(size) + usual : usual
  }
}
