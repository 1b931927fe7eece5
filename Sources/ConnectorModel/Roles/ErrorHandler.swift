import AirbyteProtocol

/// What is done about a response or a failed attempt.
public enum ResponseAction: String, Sendable {
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
  public var retries: Bool { self == .retry || self == .rateLimited || self == .refreshTokenThenRetry }
}

/// A handler's verdict on an attempt.
public struct ErrorResolution: Sendable {
  /// What is done.
  public var action: ResponseAction
  /// Who has to act, where it is a failure.
  public var failureType: FailureType?
  /// What is wrong, for the user.
  public var message: String?
  /// Who decided, with the place in the manifest; nil for the defaults.
  public var origin: String?

  /// - Parameters:
  ///   - message: what is wrong, for the user.
  public init(_ action: ResponseAction, _ failureType: FailureType? = nil, _ message: String? = nil) {
    self.action = action
    self.failureType = failureType
    self.message = message
  }

  /// The response is good.
  public static let success = ErrorResolution(.success)
}

/// How an attempt to send a request ended.
public enum Attempt: Sendable {
  case response(HTTPResponse)
  case failure(TransportError)

  /// The response; nil if there was none.
  public var response: HTTPResponse? { if case .response(let response) = self { response } else { nil } }
}

/// Decides what is done about an attempt.
public protocol ErrorHandler: Sendable {
  /// Asked once for each attempt.
  /// - Throws: ``ConnectorError`` if no verdict can be found; the request is not repeated then.
  func interpret(_ attempt: Attempt) async throws -> ErrorResolution
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
  public var looksIntoBodies: Bool { true }
  public var maxRetries: Int { 5 }
  public var maxTime: Double { 600 }
  public var backoffStrategies: [any BackoffStrategy]? { nil }
}

/// Says how long to wait before a request is sent again.
public protocol BackoffStrategy: Sendable {
  /// Seconds to wait before the next attempt; nil if another strategy should decide. `attempt` counts from 1.
  /// - Throws: ``ConnectorError`` if the wait would be longer than the manifest allows.
  func delay(after attempt: Attempt, number: Int) async throws -> Double?
  /// What the wait depends on, for people; nil if there is nothing to show.
  func origin(of attempt: Attempt) -> String?
}

extension BackoffStrategy {
  public func origin(of attempt: Attempt) -> String? { nil }
}
