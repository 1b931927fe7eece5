import LowCode

/// Sends the requests of a stream without the client that an `HttpRequester` has: signs them, and sends each once.
struct FirstPage: Component, Requester {
  private let address: Template
  private let authenticator: any Authenticator
  private let transport: any Transport

  init(from node: ComponentNode, in scope: BuildScope) throws {
    address = try node.template("address", in: scope)
    authenticator = try scope.build(node.required("authenticator"))
    transport = scope.runtime.transport
  }

  func send(
    _ slice: StreamSlice, token: PageToken?, path: String?, adding parts: RequestParts
  ) async throws -> HTTPResponse {
    var request = HTTPRequest(method: "GET", url: try address.text(slice: slice))
    try await authenticator.sign(&request)
    return try await transport.exchange(request)
  }
}
