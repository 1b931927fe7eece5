import JSON

/// Cuts a stream into partitions that are read one by one: for each of a list's values, for each record of a parent.
public protocol PartitionRouter: RequestOptionsProvider {
  /// Calls `body` with each partition's slice (without a cursor slice), in order, as far as the reader keeps up. Called once a
  /// router.
  func partitions(_ body: (StreamSlice) async throws -> Void) async throws
  /// The state of the parents, written beside the child's; nil for routers without parents. While `partitions` calls its body,
  /// it is the state after the record that the partition came from.
  var parentState: JSONObject? { get throws }
  /// The streams that the partitions come from, those of routers inside of this one too.
  var parentStreams: [any ParentStream] { get }
  /// Whether each partition is a record of a parent.
  var takesRecords: Bool { get }
  /// Whether the partitions are known without a request.
  var isListed: Bool { get }
  /// Whether the stream has one partition alone, whatever the router calls it: then a cursor follows the stream as a whole, without the
  /// router.
  var isSinglePartition: Bool { get }
  /// Whether partitions differ from read to read, so that none of them would find a state of its own again.
  var changesPartitions: Bool { get }
}

extension PartitionRouter {
  public func requestParts(for slice: StreamSlice, token: PageToken?) throws -> RequestParts { RequestParts() }
  public var parentState: JSONObject? { nil }
  public var parentStreams: [any ParentStream] { [] }
  public var takesRecords: Bool { false }
  public var isListed: Bool { false }
  public var isSinglePartition: Bool { false }
  public var changesPartitions: Bool { false }
}
