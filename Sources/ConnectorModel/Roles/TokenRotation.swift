/// Several interchangeable credentials: which of them signs an attempt depends on the request and on what is left of each.
public protocol TokenRotation: Sendable {
  /// Sets the credentials of one attempt; waits where the quota of all is used up.
  /// - Throws: ``ConnectorError`` if that would take too long.
  func sign(_ request: inout HTTPRequest) async throws
  /// Learns from the answer to a request that was signed here.
  func observe(_ response: HTTPResponse, to request: HTTPRequest) async
  /// Whether `request`, which was refused for its rate, is signed with other credentials when it is sent again at once.
  func hasAlternative(for request: HTTPRequest) async -> Bool
}
