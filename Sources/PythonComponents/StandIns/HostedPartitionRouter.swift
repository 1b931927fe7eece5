import ConnectorModel
import JSON

/// `CustomPartitionRouter`: cuts a stream into partitions, and adds to its requests.
struct HostedPartitionRouter: PartitionRouter {
  private let component: HostedComponent

  init(_ component: HostedComponent) { self.component = component }

  func partitions(_ body: (StreamSlice) async throws -> Void) async throws {
    try await component.pullValues("stream_slices", "slices") { document in
      for slice in document.root.elements { try await body(StreamSlice(host: slice.value)) }
      return true
    }
  }

  func requestParts(for slice: StreamSlice, token: PageToken?) async throws -> RequestParts {
    var fields: JSONObject = ["slice": slice.hostValue]
    if let token { fields["token"] = token.json }
    return RequestParts(host: try await component.call("get_request_params", "router_options", fields))
  }

  var takesRecords: Bool { component.flag("takes_records") }
}
