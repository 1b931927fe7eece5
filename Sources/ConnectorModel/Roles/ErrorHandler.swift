import AirbyteProtocol

/// What is done about a response or a failed attempt.
package enum ResponseAction: String, Sendable {
  case success = "SUCCESS"
  case retry = "RETRY"
  case fail = "FAIL"
  case ignore = "IGNORE"
  case resetPagination = "RESET_PAGINATION"
  case rateLimited = "RATE_LIMITED"
  case refreshTokenThenRetry = "REFRESH_TOKEN_THEN_RETRY"
  case reducePageSize = "REDUCE_PAGE_SIZE"
  case splitRequestWindow = "SPLIT_REQUEST_WINDOW"

  /// Whether the same request is sent again.
  package var retries: Bool { self == .retry || self == .rateLimited || self == .refreshTokenThenRetry }
}

/// A handler's verdict on an attempt.
package struct ErrorResolution: Sendable {
  package var action: ResponseAction
  package var failureType: FailureType?
  package var message: String?
  /// Who decided, with the place in the manifest; nil for the defaults.
  package var origin: String?

  package init(_ action: ResponseAction, _ failureType: FailureType? = nil, _ message: String? = nil) {
    self.action = action
    self.failureType = failureType
    self.message = message
  }

  package static let success = ErrorResolution(.success)
}

/// How an attempt to send a request ended.
package enum Attempt: Sendable {
  case response(HTTPResponse)
  case failure(TransportError)

  package var response: HTTPResponse? { if case .response(let response) = self { response } else { nil } }
}

/// Decides what is done about an attempt.
package protocol ErrorHandler: Sendable {
  func interpret(_ attempt: Attempt) throws -> ErrorResolution
  /// Whether the verdict on a response that is not an error may depend on its body.
  var looksIntoBodies: Bool { get }
  /// How often a request is repeated at most.
  var maxRetries: Int { get }
  /// Seconds after which a request is not repeated any more.
  var maxTime: Double { get }
  /// The strategies that say how long to wait, first answer first; nil for none of its own.
  var backoffStrategies: [any BackoffStrategy]? { get }
}

extension ErrorHandler {
  package var looksIntoBodies: Bool { true }
  package var maxRetries: Int { 5 }
  package var maxTime: Double { 600 }
  package var backoffStrategies: [any BackoffStrategy]? { nil }
}

/// Says how long to wait before a request is sent again.
package protocol BackoffStrategy: Sendable {
  /// Seconds to wait before the next attempt; nil if another strategy should decide. `attempt` counts from 1.
  /// - Throws: ``ConnectorError`` if the wait would be longer than the manifest allows.
  func delay(after attempt: Attempt, number: Int) throws -> Double?
  /// What the wait depends on, for people; nil if there is nothing to show.
  func origin(of attempt: Attempt) -> String?
}

extension BackoffStrategy {
  package func origin(of attempt: Attempt) -> String? { nil }
}
