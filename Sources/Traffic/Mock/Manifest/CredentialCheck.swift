import ConnectorModel
import JSON
import Manifest

/// Demands the credentials that a manifest's authenticator sends.
struct CredentialCheck: Sendable {
  private let authenticator: any Authenticator
  private let type: String
  private let knowsCredentials: Bool
  private let tokens: IssuedTokens

  /// - Returns: nil if nothing is demanded.
  init?(_ node: ManifestNode?, knowsCredentials: Bool, tokens: IssuedTokens, in scope: BuildScope) {
    guard let node, let authenticator = try? scope.build(node, as: (any Authenticator).self) else { return nil }
    self.authenticator = authenticator
    type = node["type"]?.string ?? ""
    self.knowsCredentials = knowsCredentials
    self.tokens = tokens
  }

  /// - Returns: why the request is refused; nil if it is not.
  func refusal(of request: MockRequest, now: Int64) async -> String? {
    guard let expected = try? await authenticator.credentials() else { return nil }
    for (name, value) in expected.headers {
      let wanted = FieldValue.header(value)
      guard !wanted.isEmpty, wanted != "Bearer ", wanted != "Basic Og==" else { continue }
      guard let given = request.header(name), !given.isEmpty else { return "The header \(name) is missing" }
      if !isGood(given, wanted, now) { return "The credentials in the header \(name) are not valid" }
    }
    for (name, value) in expected.parameters {
      guard let wanted = FieldValue.texts(value).first, !wanted.isEmpty else { continue }
      guard let given = request.parameter(name), !given.isEmpty else { return "The parameter \(name) is missing" }
      if !isGood(given, wanted, now) { return "The credentials in the parameter \(name) are not valid" }
    }
    for (name, value) in expected.bodyJSON {
      guard let given = request.json?[name] else { return "The member \(name) of the body is missing" }
      if !isGood(given.string ?? given.jsonText, value.string ?? value.jsonText, now) {
        return "The credentials in the member \(name) of the body are not valid"
      }
    }
    return nil
  }

  private func isGood(_ given: String, _ wanted: String, _ now: Int64) -> Bool {
    if tokens.isGood(in: wanted, now: now) { return tokens.isGood(in: given, now: now) }
    // A signature depends on the moment at which it is made.
    return given == wanted || !knowsCredentials || type == "JwtAuthenticator" || type.hasPrefix("Custom")
  }
}
