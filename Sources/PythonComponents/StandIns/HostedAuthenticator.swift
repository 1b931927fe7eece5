import ConnectorModel
import JSON

/// `CustomAuthenticator`: gives headers, parameters and body fields, and signs the finished request if its class can.
struct HostedAuthenticator: Authenticator {
  private let component: HostedComponent

  init(_ component: HostedComponent) { self.component = component }

  func credentials() async throws -> RequestParts {
    RequestParts(host: try await component.call("get_auth_header", "auth_options"))
  }

  func sign(_ request: inout HTTPRequest) async throws {
    // The usual way to sign sets the headers that the request has already.
    guard component.flag("signs"), !component.flag("signs_with_header") else { return }
    let reply = try await component.call("__call__", "auth_sign", ["request": request.hostValue], [request.body ?? []])
    request.method = reply["method"]?.string ?? request.method
    request.url = reply["url"]?.string ?? request.url
    if let headers = reply["headers"]?.hostHeaders { request.headers = headers }
    request.body = reply["has_body"] == .bool(false) ? nil : reply.parts.first ?? request.body
  }

  func refresh(after request: HTTPRequest) async throws -> Bool {
    guard component.flag("refreshes") else { return false }
    return try await component.call("refresh_and_set_access_token", "refresh")["refreshed"] == .bool(true)
  }
}
