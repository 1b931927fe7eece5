import ConnectorModel

/// Keeps requests within the rates that an API allows.
package protocol CallBudget: Sendable {
  /// Waits until `request` may go out, and counts it.
  /// - Parameter stream: whose request it is, for who watches the run.
  /// - Throws: ``ConnectorError`` where it can never go out, `CancellationError`.
  func acquire(_ request: HTTPRequest, for stream: String?) async throws
  /// Learns from the headers and the status of a response how many calls the API has left.
  func update(from response: HTTPResponse, to request: HTTPRequest)
}
