import AirbyteProtocol
import ConnectorModel
import JSON
import Manifest
import Secrets

/// What a device is given to show (RFC 8628 §3.2).
private struct DeviceInvitation {
  let code: String
  let userCode: String
  let address: String
  let completeAddress: String?
  /// Seconds between two questions.
  var interval: Double
  /// Seconds that the user has.
  let lifetime: Double

  init(_ answer: JSONObject) throws(ConnectorError) {
    func text(_ names: String...) throws(ConnectorError) -> String {
      if let found = names.lazy.compactMap({ answer[$0]?.string }).first(where: { !$0.isEmpty }) { return found }
      throw ConnectorError(.system, "The device endpoint's answer has no `\(names[0])`", cause: .missing([names[0]]))
    }
    func seconds(_ name: String) -> Double? {
      answer[name].flatMap { value in value.double ?? value.string.flatMap { Double($0) } }.flatMap { $0.isFinite ? $0 : nil }
    }
    code = try text("device_code")
    userCode = TerminalText.line(try text("user_code"))
    // Google called it otherwise before there was a standard.
    address = TerminalText.line(try text("verification_uri", "verification_url"))
    // Nothing but a page is opened.
    completeAddress = answer["verification_uri_complete"]?.string.flatMap { address in
      ["https", "http"].contains(RequestURL(address).scheme?.lowercased()) ? address : nil
    }
    interval = min(max(seconds("interval") ?? 5, 1), 300)
    lifetime = max(seconds("expires_in") ?? 1_800, 1)
  }
}

extension SignInRun {
  private static let deviceGrant: JSONValue = "urn:ietf:params:oauth:grant-type:device_code"

  /// Has the user consent on any device with a browser, by a code that is typed there (RFC 8628).
  /// - Parameters:
  ///   - endpoint: where the code comes from.
  ///   - tokenEndpoint: where tokens come from; nil for the manifest's.
  /// - Returns: the answer of the token endpoint.
  /// - Throws: ``ConnectorError`` that says why there are no tokens.
  package func consentOnDevice(from endpoint: String, tokenEndpoint: String?) async throws -> JSONObject {
    let exchange = TokenExchange(runtime: runtime, patience: timeout)
    var grant: JSONObject = [:]
    if let scope = declaration.scope { grant[declaration.key("scope_key")] = .string(scope) }
    var invitation: DeviceInvitation
    do {
      let request = try declaration.plainRequest(inputs, to: endpoint, grant: grant)
      let answer = try await exchange.send(request, to: "device endpoint")
      invitation = try DeviceInvitation(answer)
    } catch let refusal as TokenExchange.Refusal {
      throw refusal.error
    }
    runtime.secrets.hide(invitation.code)
    host.say("Open \(invitation.address) in a browser on any device, and enter this code:\n\n  \(invitation.userCode)\n")
    if let address = invitation.completeAddress, await host.open(address) {
      host.say("The page is open in your browser. Check that it shows the same code.")
    }
    host.say("Waiting for your consent.")
    let limit = min(timeout, invitation.lifetime)
    let start = runtime.now()
    while true {
      let rest = limit - Double(runtime.now() - start) / 1e6
      guard rest > 0 else { throw Self.tooLate(limit) }
      try await runtime.sleep(min(invitation.interval, rest))
      guard invitation.interval <= rest else { throw Self.tooLate(limit) }
      let request = try declaration.plainRequest(
        inputs, to: tokenEndpoint, grant: ["grant_type": Self.deviceGrant, "device_code": .string(invitation.code)])
      do {
        return hidden(try await exchange.send(request))
      } catch let refusal as TokenExchange.Refusal {
        switch refusal.name {
        case "authorization_pending"?: break
        case "slow_down"?: invitation.interval += 5
        case "access_denied"?: throw ConnectorError(.config, "The consent was denied")
        case "expired_token"?: throw Self.tooLate(Double(runtime.now() - start) / 1e6)
        default: throw refusal.error
        }
      } catch let error as ConnectorError where error.failureType == .transient {
        // RFC 8628 §3.5: after a lost connection, the next question comes later.
        invitation.interval = min(invitation.interval * 2, 60)
      }
    }
  }
}
