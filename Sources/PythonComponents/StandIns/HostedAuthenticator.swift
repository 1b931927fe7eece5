import AirbyteProtocol
import ConnectorModel
import JSON
import Synchronization

/// `CustomAuthenticator`: gives headers, parameters and body fields, and signs the finished request if its class can.
struct HostedAuthenticator: Authenticator {
  private let component: HostedComponent
  let rotation: (any TokenRotation)?

  init(_ component: HostedComponent) {
    self.component = component
    rotation = component.flag("observes") || component.flag("rotates") ? HostedRotation(component) : nil
  }

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

/// A `CustomAuthenticator` that learns from answers, or has several credentials.
///
/// As in the reference, what fails in it only costs what it would have gained.
private final class HostedRotation: TokenRotation {
  private let component: HostedComponent
  private let hasFailed = Mutex(false)

  init(_ component: HostedComponent) { self.component = component }

  /// The authenticator itself has signed.
  func sign(_ request: inout HTTPRequest) async throws {}

  func observe(_ response: HTTPResponse, to request: HTTPRequest) async {
    guard component.flag("observes") else { return }
    let mention = component.host.responses.mention(response)
    do {
      _ = try await component.call("update_from_response", "auth_observe", mention.fields, mention.parts)
    } catch {
      let isFirst = hasFailed.withLock { hasFailed in
        defer { hasFailed = true }
        return !hasFailed
      }
      guard isFirst, !(error is CancellationError) else { return }
      component.host.log.log(
        .warn, "An authenticator has learnt nothing from a response: \(ConnectorError(wrapping: error).message).")
    }
  }

  func hasAlternative(for request: HTTPRequest) async -> Bool {
    guard component.flag("rotates") else { return false }
    let reply = try? await component.call(
      "has_alternative_token", "auth_rotates", ["request": request.hostValue], [request.body ?? []])
    return reply?["rotates"] == .bool(true)
  }
}
