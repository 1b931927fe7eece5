import JSON

/// Cuts a stream into partitions that are read one by one: for each of a list's values, for each record of a parent.
package protocol PartitionRouter: RequestOptionsProvider {
  /// Calls `body` with each partition's slice (without a cursor slice), in order, as far as the reader keeps up. Called once a
  /// router.
  func partitions(_ body: (StreamSlice) async throws -> Void) async throws
  /// The state of the parents, written beside the child's; nil for routers without parents. While `partitions` calls its body,
  /// it is the state after the record that the partition came from.
  var parentState: JSONObject? { get throws }
  /// The streams that the partitions come from, those of routers inside of this one too.
  var parentStreams: [any ParentStream] { get }
}

extension PartitionRouter {
  package var parentStreams: [any ParentStream] { [] }
}
