/// Gives the credentials of requests.
///
/// A type implements ``credentials()``, ``sign(_:)``, or both.
public protocol Authenticator: Sendable {
  /// What the credentials add to a request. Asked for each attempt, so that a repeated request carries a fresh token.
  /// - Throws: ``ConnectorError`` if there are no credentials to be found.
  func credentials() async throws -> RequestParts
  /// Signs a request that is complete: for credentials that depend on its method, URL or body. Called for each attempt, after
  /// ``credentials()`` were added.
  /// - Throws: ``ConnectorError`` if the request cannot be signed.
  func sign(_ request: inout HTTPRequest) async throws
  /// The API refused `request`, which carried these credentials, and the manifest asks for fresh ones.
  /// - Returns: whether these credentials can be made fresh at all; then they are.
  /// - Throws: ``ConnectorError`` if they could not be made fresh: a config error if only the user can help.
  func refresh(after request: HTTPRequest) async throws -> Bool
  /// What signs each attempt by itself, where there are several credentials to choose from.
  var rotation: (any TokenRotation)? { get }
}

extension Authenticator {
  public func credentials() async throws -> RequestParts { RequestParts() }
  public func sign(_ request: inout HTTPRequest) async throws {}
  public func refresh(after request: HTTPRequest) async throws -> Bool { false }
  public var rotation: (any TokenRotation)? { nil }
}
