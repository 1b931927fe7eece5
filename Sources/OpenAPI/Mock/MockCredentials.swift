import Essentials
import Traffic

/// Demands what an operation's security says.
struct MockCredentials: Sendable {
  private let schemes: [String: DescribedAPI.SecurityScheme]
  private let security: [[String]]

  init(_ found: FoundAPI) {
    schemes = Dictionary(found.api.securitySchemes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let isStated = !found.api.security.isEmpty || found.streams.contains { $0.operation.security != nil }
    security = isStated || found.authentication.schemes.isEmpty ? found.api.security : [found.authentication.schemes]
  }

  /// - Returns: why a request is refused; nil if it is not.
  func refusal(of request: MockRequest, _ operation: DescribedAPI.Operation) -> String? {
    let needs = operation.security ?? security
    guard !needs.isEmpty else { return nil }
    var reasons: [String] = []
    for need in needs {
      let missing = need.compactMap { id in schemes[id].flatMap { lack($0, request) } }
      if missing.isEmpty { return nil }
      for reason in missing where !reasons.contains(reason) { reasons.append(reason) }
    }
    return reasons.joined(separator: ", or ")
  }

  private func lack(_ scheme: DescribedAPI.SecurityScheme, _ request: MockRequest) -> String? {
    let authorization = request.header("Authorization") ?? ""
    switch scheme.kind {
    case .apiKey(.header, let name): return request.header(name)?.isEmpty == false ? nil : "the header \(name) is missing"
    case .apiKey(.query, let name): return request.parameter(name)?.isEmpty == false ? nil : "the parameter \(name) is missing"
    case .apiKey(.cookie, let name): return request.cookie(name)?.isEmpty == false ? nil : "the cookie \(name) is missing"
    case .basic:
      let pair = authorization.lowercased().hasPrefix("basic ") ? Data(base64Encoded: String(authorization.dropFirst(6))) : nil
      return pair?.contains(UInt8(ascii: ":")) == true ? nil : "the header Authorization has no name and password"
    case .bearer, .oauth2:
      let isToken = authorization.lowercased().hasPrefix("bearer ") && authorization.count > 7
      return isToken ? nil : "the header Authorization has no bearer token"
    case .other: return authorization.isEmpty ? "the header Authorization is missing" : nil
    }
  }

  /// The paths at which tokens are issued.
  var tokenPaths: Set<String> {
    Set(
      schemes.values.flatMap { scheme -> [String] in
        guard case .oauth2(let flows) = scheme.kind else { return [] }
        return flows.flatMap { [$0.tokenURL, $0.refreshURL] }.compactMap { $0.map { URL(string: $0)?.path ?? $0 } }
      })
  }
}
