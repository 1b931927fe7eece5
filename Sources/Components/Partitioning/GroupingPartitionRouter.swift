import AirbyteProtocol
import ConnectorModel
import JSON
import Manifest
import Synchronization

/// Joins the partitions of a router into groups, for APIs that take several values in one request.
package struct GroupingPartitionRouter: Component, PartitionRouter {
  private let router: any PartitionRouter
  private let groupSize: Int
  private let deduplicates: Bool
  private let checkpoint = Checkpoint()

  /// The parents' state after the last partition of the group that was given out last.
  private final class Checkpoint: Sendable {
    let state = Mutex<JSONObject?>([:])
  }

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    router = try scope.build(node.required("underlying_partition_router"), as: (any PartitionRouter).self)
    guard let size = try node.int("group_size"), size >= 1 else {
      throw ConnectorError(.system, "`group_size` should be at least 1", at: node["group_size"] ?? node.node)
    }
    groupSize = size
    deduplicates = try node.bool("deduplicate", default: true)
  }

  package var parentStreams: [any ParentStream] { router.parentStreams }
  package var changesPartitions: Bool { true }

  package func partitions(_ body: (StreamSlice) async throws -> Void) async throws {
    var group: [StreamSlice] = []
    var seen: Set<JSONValue> = []
    try await router.partitions { slice in
      let keys = slice.partition.keys.filter { $0 != "parent_slice" }
      guard let key = keys.first, keys.count == 1, let value = slice.partition[key] else {
        throw ConnectorError(.system, "A `GroupingPartitionRouter` needs partitions with one key, not \(keys)")
      }
      if deduplicates, !seen.insert(try PartitionRouters.hashable(value)).inserted { return }
      group.append(slice)
      guard group.count == groupSize else { return }
      try remember()
      let full = Self.join(group)
      group = []
      try await body(full)
    }
    try remember()
    if !group.isEmpty { try await body(Self.join(group)) }
  }

  private func remember() throws {
    let state = try router.parentState
    checkpoint.state.withLock { $0 = state }
  }

  /// Each key with the list of its values; a key that a partition lacks gives null.
  private static func join(_ group: [StreamSlice]) -> StreamSlice {
    var partition: JSONObject = [:]
    for key in group.first?.partition.keys ?? [] { partition[key] = .array(group.map { $0.partition[key] ?? .null }) }
    var extra: JSONObject = [:]
    for key in group.flatMap(\.extraFields.keys) where extra[key] == nil {
      extra[key] = .array(group.map { $0.extraFields[key] ?? .null })
    }
    return StreamSlice(partition: partition, extraFields: extra)
  }

  package var parentState: JSONObject? { checkpoint.state.withLock { $0 } }

  /// None: an option of a partition has no meaning for a group.
  package func requestParts(for slice: StreamSlice, token: PageToken?) throws -> RequestParts { RequestParts() }
}

extension PartitionRouters {
  /// The value in the form in which Python's equal numbers are equal (1, 1.0, true).
  /// - Throws: ``ConnectorError`` for lists and objects, which Python cannot put into a set.
  static func hashable(_ value: JSONValue) throws -> JSONValue {
    switch value {
    case .array, .object:
      throw ConnectorError(.system, "Partitions must be identified by plain values, not by \(value.jsonText)")
    case .bool(let flag): return .int(flag ? 1 : 0)
    case .double(let number): return Int(exactly: number).map { .int($0) } ?? value
    default: return value
    }
  }
}
