import ConnectorModel
import JSON
import Synchronization

/// `CustomPartitionRouter`: cuts a stream into partitions, and adds to its requests.
final class HostedPartitionRouter: PartitionRouter {
  private let component: HostedComponent
  /// The state of the parents when the last batch of partitions was handed on, so that it never covers one that is still to come.
  private let known: Mutex<JSONObject?>

  init(_ component: HostedComponent) {
    self.component = component
    known = Mutex(component.flags["parent_state"]?.object)
  }

  func partitions(_ body: (StreamSlice) async throws -> Void) async throws {
    try await component.pullValues("stream_slices", "slices") { document in
      for slice in document.root.elements { try await body(StreamSlice(host: slice.value)) }
      try await askForParentState()
      return true
    }
    try await askForParentState()
  }

  var parentState: JSONObject? { known.withLock { $0 } }

  private func askForParentState() async throws {
    let state = try await component.call("get_stream_state", "parent_state")["state"]?.object
    known.withLock { $0 = state }
  }

  func requestParts(for slice: StreamSlice, token: PageToken?) async throws -> RequestParts {
    var fields: JSONObject = ["slice": slice.hostValue]
    if let token { fields["token"] = token.json }
    return RequestParts(host: try await component.call("get_request_params", "router_options", fields))
  }

  var isSinglePartition: Bool { component.flag("single_partition") }
}
