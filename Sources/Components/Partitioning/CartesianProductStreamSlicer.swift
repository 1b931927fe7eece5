import AirbyteProtocol
import ConnectorModel
import JSON

/// Multiplies the partitions of several routers: what a list of routers in a manifest means.
struct CartesianProductStreamSlicer: PartitionRouter {
  private let routers: [any PartitionRouter]

  init(routers: [any PartitionRouter], log: any Log) {
    self.routers = routers
    if routers.contains(where: \.takesRecords) {
      log.log(.warn, "The state of parent streams is not kept where several partition routers are multiplied.")
    }
  }

  var parentStreams: [any ParentStream] { routers.flatMap(\.parentStreams) }

  /// The partitions of all routers are listed before the first product, as in the reference; the products are not.
  func partitions(_ body: (StreamSlice) async throws -> Void) async throws {
    var factors = [[StreamSlice]](repeating: [], count: routers.count)
    // Lists come first, so that a mistake in one of them shows before a parent is asked for.
    for isList in [true, false] {
      for (index, router) in routers.enumerated() where router.isListed == isList {
        try await router.partitions { factors[index].append($0) }
      }
    }
    guard factors.allSatisfy({ !$0.isEmpty }) else { return }
    var place = [Int](repeating: 0, count: factors.count)
    while true {
      try await body(Self.product(zip(factors, place).map { $0[$1] }))
      // The last factor turns fastest.
      var turning = factors.count - 1
      while turning >= 0 {
        place[turning] += 1
        if place[turning] < factors[turning].count { break }
        place[turning] = 0
        turning -= 1
      }
      if turning < 0 { return }
    }
  }

  /// Where two routers have the same key the first one counts.
  private static func product(_ slices: [StreamSlice]) -> StreamSlice {
    var partition: JSONObject = [:]
    var extra: JSONObject = [:]
    for slice in slices.reversed() {
      partition.merge(slice.partition) { $1 }
      extra.merge(slice.extraFields) { $1 }
    }
    return StreamSlice(partition: partition, extraFields: extra)
  }

  func requestParts(for slice: StreamSlice, token: PageToken?) async throws -> RequestParts {
    var parts = RequestParts()
    for router in routers.reversed() { parts.overlay(try await router.requestParts(for: slice, token: token)) }
    return parts
  }
}
