import AirbyteProtocol
import ConnectorModel
import Essentials
import JSON
import Jinja
import Secrets

/// Sends one requester's requests: signs them, judges each attempt by the error handler, waits and repeats.
package struct HTTPClient: Sendable {
  package let name: String
  package let authenticator: any Authenticator
  package let errorHandler: any ErrorHandler
  package let runtime: RuntimeEnvironment
  /// Keeps attempts within the API's call rates.
  package var budget: (any CallBudget)?
  /// Where responses are shared with other requesters.
  package var cache: ResponseCache?

  package init(
    name: String, authenticator: any Authenticator, errorHandler: any ErrorHandler, runtime: RuntimeEnvironment,
    budget: (any CallBudget)? = nil, cache: ResponseCache? = nil
  ) {
    self.name = name
    self.authenticator = authenticator
    self.errorHandler = errorHandler
    self.runtime = runtime
    self.budget = budget
    self.cache = cache
  }

  /// Why an attempt is repeated, and so how long is waited before.
  private enum Wait {
    /// A strategy said how long, in seconds. It is named where requests are explained.
    case strategy(Double, String?)
    /// The API limits the rate and no strategy has an answer: 1, 2, 4 … seconds.
    case rateLimit
    /// Any other failure after which a request is repeated: 1, 2, 4 … seconds within the handler's total time.
    case standard
  }

  /// What became of renewing the credentials for a request, which is tried once at most.
  private enum Renewal { case notTried, done, failed }

  /// Counts the attempts of one kind in a row, as the reference's nested decorators do: a failure of an outer kind starts
  /// the inner ones again.
  private struct Tries {
    var count = 0
    var started: Int64
    /// Seconds from the start to the beginning of the present try: what the try itself took does not count.
    var elapsed = 0.0

    init(started: Int64) { self.started = started }

    mutating func beginNext(at now: Int64) { elapsed = Double(now - started) / 1_000_000 }
  }

  /// The seconds that are too many for Python to wait.
  private static let longestWait = 9_223_372_037.0

  private var exchanges: ExchangeLog { ExchangeLog(name: name, runtime: runtime) }

  /// The response to `request`, which may be one that another requester got, if its `key` is given.
  package func send(_ request: HTTPRequest, key: ResponseCache.Key?) async throws -> HTTPResponse {
    guard let cache, let key else { return try await send(request) }
    let (response, isKept) = try await cache.response(for: key) { try await send(request) }
    guard isKept else { return response }
    exchanges.kept(response)
    return response.answering(request)
  }

  /// - Returns: the response of the first attempt that is not repeated; its status may be an error that is ignored.
  /// - Throws: ``ConnectorError``, or a ``RequestSignal`` that the retriever understands.
  package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    let start = runtime.now()
    var strategy = Tries(started: start)
    var rateLimit = Tries(started: start)
    var standard = Tries(started: start)
    // As in the reference, a trial shows the first answer.
    let maxTries = runtime.trial == nil ? max(0, errorHandler.maxRetries) + 1 : 1
    var renewal = Renewal.notTried
    var number = 0
    var delay: (seconds: Double, policy: String)?
    while true {
      try Task.checkCancellation()
      number += 1
      let (attempt, sent, answer) = try await self.attempt(request, number, after: delay)
      let resolution = try await errorHandler.interpret(attempt)
      if let answer, sent.origin != nil {
        runtime.trial?.observer.answered(answer, to: answer.request ?? sent, resolution.action)
      }
      exchanges.decided(resolution, attempt)
      sent.origin?.history?.judged(resolution)
      guard resolution.action.retries else { return try await finish(attempt, resolution, sent) }
      if resolution.action == .rateLimited { runtime.events.rateLimited(stream: name) }
      if resolution.action == .refreshTokenThenRetry {
        renewal = try await renewCredentials(after: sent, attempt, resolution, renewal)
      }

      switch try await wait(after: attempt, of: sent, by: resolution, number: number) {
      case .strategy(let seconds, let policy):
        strategy.count += 1
        guard strategy.count < maxTries, strategy.elapsed < errorHandler.maxTime else {
          throw exhausted(attempt, resolution, sent)
        }
        // One second more, as the API's clock may differ by a part of one.
        let wait = seconds + 1
        guard (0..<Self.longestWait).contains(wait) else {
          throw ConnectorError(
            .system, "The request is not repeated: a backoff strategy gives \(seconds) as the seconds to wait")
        }
        delay = (wait, policy ?? "a backoff strategy")
        try await pause(wait, after: attempt, by: resolution, of: sent, number: number)
        strategy.beginNext(at: runtime.now())
      case .rateLimit:
        rateLimit.count += 1
        guard rateLimit.count < maxTries else { throw exhausted(attempt, resolution, sent) }
        delay = (exponential(rateLimit.count), "the default for rate limits (1, 2, 4 … s)")
        exchanges.waits(exponential(rateLimit.count), "the default for rate limits (1, 2, 4 … s)")
        try await pause(exponential(rateLimit.count), after: attempt, by: resolution, of: sent, number: number)
        strategy = Tries(started: runtime.now())
      case .standard:
        standard.count += 1
        guard standard.count < maxTries, standard.elapsed < errorHandler.maxTime else {
          throw exhausted(attempt, resolution, sent)
        }
        let wait = min(exponential(standard.count), errorHandler.maxTime - standard.elapsed)
        delay = (wait, "the default (1, 2, 4 … s)")
        exchanges.waits(wait, "the default (1, 2, 4 … s)")
        try await pause(wait, after: attempt, by: resolution, of: sent, number: number)
        strategy = Tries(started: runtime.now())
        rateLimit = Tries(started: runtime.now())
        standard.beginNext(at: runtime.now())
      }
    }
  }

  /// Sends `request` once. A repeated one gets fresh credentials in its headers.
  /// - Parameter delay: what was waited since the attempt before.
  /// - Returns: the attempt, the request with its credentials, and for a trial the answer with its body, which the attempt may lack.
  private func attempt(
    _ request: HTTPRequest, _ number: Int, after delay: (seconds: Double, policy: String)?
  ) async throws -> (Attempt, HTTPRequest, HTTPResponse?) {
    var signed = request
    if errorHandler.looksIntoBodies || runtime.trial != nil { signed.receivesInParts = false }
    signed.origin?.attempt = number
    if runtime.explainsRequests {
      signed.origin?.history = RequestHistory()
      if let delay { signed.origin?.history?.waited(delay.seconds, for: delay.policy) }
    }
    if number > 1 {
      let credentials = try await authenticator.credentials()
      for (name, value) in credentials.headers { signed.setHeader(name, PythonStrings.str(value)) }
    }
    try await authenticator.sign(&signed)
    try await authenticator.rotation?.sign(&signed)
    try await budget?.acquire(signed, for: name)
    runtime.secrets.hide(credentialsOf: signed)
    let start = exchanges.isOn ? runtime.now() : 0
    exchanges.sending(signed, attempt: number)
    do {
      let received = try await exchange(signed)
      // An error's body is read to judge it, and a template may read any body. Of any other body the beginning is received
      // here, so that what breaks off in it is tried again.
      var response = isJudgedByHead(received) ? try await received.begun() : try await received.whole()
      exchanges.received(response, to: signed, since: start)
      let answer = runtime.trial == nil ? nil : response
      if response.isSuccess { try await signed.checkEnd?(response) }
      if let store = signed.store, isJudgedByHead(response) { response = try await response.received(into: store) }
      budget?.update(from: response, to: signed)
      await authenticator.rotation?.observe(response, to: signed)
      return (.response(response), signed, answer)
    } catch let error as TransportError {
      try Task.checkCancellation()
      // Nothing that the manifest says of failures is about this one.
      if error.kind == .unrecorded { throw ConnectorError(.config, error.message) }
      exchanges.failed(error, signed, since: start)
      return (.failure(error), signed, nil)
    }
  }

  private func isJudgedByHead(_ response: HTTPResponse) -> Bool { response.isSuccess && !errorHandler.looksIntoBodies }

  /// Sends `request` and follows its redirects. As in the reference, each of them is a call within the rates of the API.
  private func exchange(_ request: HTTPRequest) async throws -> HTTPResponse {
    var redirects = Redirects(of: request, secrets: runtime.secrets)
    var response = try await runtime.transport.exchange(request)
    var answered = request
    while let next = try redirects.next(after: response) {
      exchanges.redirected(response, to: next)
      try await budget?.acquire(next, for: name)
      response = try await runtime.transport.exchange(next)
      budget?.update(from: response, to: next)
      answered = next
    }
    return response.answering(answered)
  }

  /// Renews the credentials that `request` was refused with. A renewal that fails for the moment leaves the present ones, and
  /// credentials that cannot be renewed are simply sent again.
  /// - Throws: ``ConnectorError`` if the renewed ones are refused as well, or where only the user can renew them.
  private func renewCredentials(
    after request: HTTPRequest, _ attempt: Attempt, _ resolution: ErrorResolution, _ earlier: Renewal
  ) async throws -> Renewal {
    func refused(_ type: FailureType, _ message: String) -> ConnectorError {
      let failed = failed(attempt, request)
      let detail = resolution.message.map { APIAnswer.sentences(failed.detail, $0) } ?? failed.detail
      return ConnectorError(type, failed.explained(message), internalMessage: detail)
    }
    switch earlier {
    case .done: throw refused(.config, "The API refuses a fresh access token as well")
    case .failed: throw refused(.transient, "The API refuses the access token, and a fresh one could not be obtained")
    case .notTried: break
    }
    do {
      guard try await authenticator.refresh(after: request) else {
        runtime.log.log(.warn, "The manifest asks for fresh credentials, but these cannot be renewed: they are sent again.")
        return .notTried
      }
      runtime.log.log(.info, "The API refused the access token, so it was renewed.")
      return .done
    } catch let error as ConnectorError where error.failureType == .config {
      throw error
    } catch {
      try Task.checkCancellation()
      runtime.log.log(.warn, "The access token could not be renewed (\(error)): the request is repeated with the present one.")
      return .failed
    }
  }

  private func wait(
    after attempt: Attempt, of request: HTTPRequest, by resolution: ErrorResolution, number: Int
  ) async throws -> Wait {
    // Other credentials need not wait for the rate of those that were refused.
    if resolution.action == .rateLimited, await authenticator.rotation?.hasAlternative(for: request) == true {
      exchanges.waits(0.1, "the authenticator, which has other credentials,")
      return .strategy(0.1, "the authenticator, which has other credentials,")
    }
    for strategy in errorHandler.backoffStrategies ?? [] {
      guard let seconds = try await strategy.delay(after: attempt, number: number), seconds != 0 else { continue }
      if exchanges.isOn { exchanges.waits(seconds, strategy.origin(of: attempt) ?? "a backoff strategy") }
      return .strategy(seconds, runtime.explainsRequests ? strategy.origin(of: attempt) : nil)
    }
    return resolution.action == .rateLimited ? .rateLimit : .standard
  }

  private func exponential(_ count: Int) -> Double { Double(sign: .plus, exponent: min(count - 1, 62), significand: 1) }

  private func pause(
    _ seconds: Double, after attempt: Attempt, by resolution: ErrorResolution, of request: HTTPRequest, number: Int
  ) async throws {
    let reason =
      switch attempt {
      case .response(let response): "status \(response.status)"
      case .failure(let error): error.kind.words
      }
    try await runtime.wait(
      seconds, stream: name, reason: reason,
      APIAnswer.sentences(
        "Attempt \(number) of \(request.method) \(request.url) failed: "
          + failed(attempt, request).explained(resolution.message, isNamed: true),
        "Trying again in \(PythonStrings.wait(seconds))."))
  }

  /// Ends a request that is not repeated.
  private func finish(
    _ attempt: Attempt, _ resolution: ErrorResolution, _ request: HTTPRequest
  ) async throws -> HTTPResponse {
    switch resolution.action {
    case .resetPagination: throw RequestSignal.resetPagination
    case .reducePageSize: throw RequestSignal.reducePageSize(failed(attempt, request).explained(resolution.message))
    case .splitRequestWindow:
      throw RequestSignal.splitRequestWindow(failed(attempt, request).explained(resolution.message), resolution.failureType)
    case .fail:
      let failed = failed(attempt, request)
      runtime.log.log(.error, failed.detail)
      throw ConnectorError(
        resolution.failureType ?? .system, failed.explained(resolution.message), internalMessage: failed.detail)
    case .ignore:
      runtime.log.log(.info, resolution.message ?? ignoredDetail(attempt, request))
    default: break
    }
    switch attempt {
    case .response(let response):
      guard let store = request.store, !isJudgedByHead(response) else { return response }
      return try await response.received(into: store)
    case .failure(let error):
      return HTTPResponse(status: 599, headers: [], body: Data(error.message.utf8), url: request.url).answering(request)
    }
  }

  private func failed(_ attempt: Attempt, _ request: HTTPRequest) -> FailedAttempt {
    FailedAttempt(attempt, request, hiding: runtime.secrets)
  }

  private func ignoredDetail(_ attempt: Attempt, _ request: HTTPRequest) -> String {
    switch attempt {
    case .failure(let error): "Ignoring that \(request.method) \(request.url) failed: \(error.message)"
    case .response(let response):
      response.isSuccess
        ? "Ignoring status \(response.status) of \(request.method) \(request.url), as the manifest says."
        : failed(attempt, request).explained(
          "Ignoring status \(response.status) of \(request.method) \(request.url), as the manifest says")
    }
  }

  /// The error after the last attempt that was allowed.
  private func exhausted(_ attempt: Attempt, _ resolution: ErrorResolution, _ request: HTTPRequest) -> ConnectorError {
    let failed = failed(attempt, request)
    runtime.log.log(.error, failed.detail)
    let detail = resolution.message.map { APIAnswer.sentences(failed.detail, $0) } ?? failed.detail
    if attempt.response?.status == 429 {
      return ConnectorError(
        .transient, failed.explained("The API's rate limit was still exceeded after all retries"), internalMessage: detail)
    }
    return ConnectorError(
      resolution.failureType ?? .system,
      "The request failed on every attempt that was allowed. Last failure: \(failed.explained(resolution.message))",
      internalMessage: detail)
  }
}
