import AirbyteProtocol
import ConnectorModel
import Essentials
import JSON

/// `CustomRequester`: sends the requests of a stream by itself.
struct HostedRequester: Requester {
  private let component: HostedComponent

  init(_ component: HostedComponent) { self.component = component }

  func send(_ slice: StreamSlice, token: PageToken?, path: String?, adding parts: RequestParts) async throws -> HTTPResponse {
    var fields = parts.hostFields
    fields["slice"] = slice.hostValue
    if let token { fields["token"] = token.json }
    if let path { fields["path"] = .string(path) }
    let reply = try await component.call("send_request", "send", fields)
    // A retriever ends without a further page where a response is none to read, as after one with an error status that is ignored.
    if reply["none"] == .bool(true) { return HTTPResponse(status: 404, headers: [], body: Data(), url: "") }
    guard case .int(let status)? = reply["status"] else {
      throw ConnectorError(
        .system, "\(component.subject.asked("send_request").call) should give a response", at: component.subject.node)
    }
    return HTTPResponse(
      status: status, headers: HTTPHeaders(reply["headers"]?.hostHeaders ?? []), body: Data(reply.body),
      url: reply["url"]?.string ?? "")
  }
}
