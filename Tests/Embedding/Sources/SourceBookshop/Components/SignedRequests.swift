import LowCode

/// Sends the token, and a signature over method and URL that depends on it.
///
/// The sum that stands for a signature here keeps the example short: a real API wants an HMAC.
struct SignedRequests: Component, Authenticator {
  private let token: Template

  init(from node: ComponentNode, in scope: BuildScope) throws {
    token = try node.template("api_token", in: scope)
  }

  func sign(_ request: inout HTTPRequest) async throws {
    let token = try token.text()
    let sum = "\(token) \(request.method) \(request.url)".utf8.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) }
    request.setHeader("Authorization", "Bearer \(token)")
    request.setHeader("X-Signature", String(sum, radix: 16))
  }
}
