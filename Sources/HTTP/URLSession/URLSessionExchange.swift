#if URLSession
  import Concurrency
  import ConnectorModel
  import Foundation
  import Synchronization

  #if canImport(FoundationNetworking)
    import FoundationNetworking
  #endif

  /// One request and its response by `URLSession`, whose thread delivers what comes, and from which one task at a time takes it.
  final class URLSessionExchange: Sendable {
    struct Head: Sendable {
      var status: Int
      var headers: HTTPHeaders
    }

    private enum End { case whole, failed(TransportError) }

    private struct State {
      var task: URLSessionDataTask?
      var deadlines: ExchangeDeadlines
      var timer: ExchangeTimer?
      /// The latest head: interim ones, and those of proxies that open a tunnel, come before the response's own.
      var head: Head?
      var hasBody = false
      var parts = ReceivedParts()
      var end: End?
      var reader: CheckedContinuation<Void, Never>?
    }

    let request: HTTPRequest
    private let route: Route
    private let limits: TransferLimits
    private let state: Mutex<State>

    init(_ request: HTTPRequest, by route: Route, limits: TransferLimits) {
      self.request = request
      self.route = route
      self.limits = limits
      state = Mutex(State(deadlines: ExchangeDeadlines(of: request, limits: limits, start: MonotonicTime.now)))
    }

    deinit { stop() }

    /// Starts `task`, which delivers to this exchange.
    func begin(_ task: URLSessionDataTask) {
      state.withLock { $0.task = task }
      task.resume()
      watch()
    }

    /// Ends the task. What is left of the response is not received.
    func stop() {
      let (task, timer) = state.withLock { state in
        if state.end == nil { state.end = .failed(TransportError(.other, "The request to \(request.place) was cancelled")) }
        state.parts = ReceivedParts()
        return (state.task.take(), state.timer.take())
      }
      timer?.cancel()
      // Cancelling waits for the session's queue, which may be waiting for this thread.
      if let task, task.state != .completed { ExchangeTimer.queue.async { task.cancel() } }
    }

    // MARK: Taking

    /// Waits for the head of the response, which is known for sure when something follows it.
    func head() async throws(TransportError) -> Head {
      while true {
        let head: Result<Head?, TransportError> = state.withLock { state in
          switch state.end {
          case .failed(let error)? where !state.hasBody: return .failure(error)
          case .whole?, .failed?: break
          case nil: if !state.hasBody { return .success(nil) }
          }
          guard let head = state.head else {
            return .failure(TransportError(.connectionLost, "\(request.place) closed the connection without a response"))
          }
          return .success(head)
        }
        if let head = try head.get() { return head }
        try await wait()
      }
    }

    /// Waits for the next bytes of the body; nil at its end.
    func next() async throws(TransportError) -> Data? {
      while true {
        let next: Result<(part: Data?, isOver: Bool), TransportError> = state.withLock { state in
          do throws(ConnectorError) {
            if let part = try state.parts.next() { return .success((part, false)) }
          } catch {
            return .failure(TransportError(.other, error.message))
          }
          switch state.end {
          case nil: return .success((nil, false))
          case .whole?: return .success((nil, true))
          case .failed(let error)?: return .failure(error)
          }
        }
        resumeIfRoom()
        let (part, isOver) = try next.get()
        if part != nil || isOver { return part }
        try await wait()
      }
    }

    /// Waits until something new is there.
    private func wait() async throws(TransportError) {
      await withTaskCancellationHandler {
        await withCheckedContinuation { reader in
          let isThere = state.withLock { state in
            if !state.parts.isEmpty || state.end != nil { return true }
            state.reader = reader
            return false
          }
          if isThere { reader.resume() }
        }
      } onCancel: {
        fail(TransportError(.other, "The request to \(request.place) was cancelled"))
      }
    }

    // MARK: Delivering

    /// Takes in a head, after which another one may follow.
    func received(_ head: Head) {
      let size = head.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
      if size > limits.headBytes {
        return fail(
          TransportError(.tooLarge, "The response of \(request.place) has a head of more than \(limits.headBytes) bytes"))
      }
      state.withLock { state in
        state.deadlines.heard(at: MonotonicTime.now)
        guard head.status >= 200, !state.hasBody else { return }
        state.head = head
        state.deadlines.receivedHead()
      }
    }

    /// Takes in bytes of the body.
    func received(_ data: Data) {
      let (reader, failure) = state.withLock { state -> (CheckedContinuation<Void, Never>?, ConnectorError?) in
        state.deadlines.heard(at: MonotonicTime.now)
        guard state.end == nil else { return (nil, nil) }
        state.hasBody = true
        do throws(ConnectorError) { try state.parts.append(data) } catch { return (nil, error) }
        #if !canImport(FoundationNetworking)
          if state.parts.isFull, !state.deadlines.isPaused {
            state.deadlines.isPaused = true
            state.task?.suspend()
          }
        #endif
        return (state.reader.take(), nil)
      }
      if let failure { return fail(TransportError(.other, failure.message)) }
      reader?.resume()
    }

    /// Notes that bytes of the request were sent.
    func sent() { state.withLock { $0.deadlines.heard(at: MonotonicTime.now) } }

    /// Ends the exchange, unless that was done before.
    /// - Parameter head: what is known of the head only now.
    func ended(_ error: (any Error)?, head: Head? = nil) {
      let hasHead = state.withLock { state in
        defer { state.head = state.head ?? head }
        return state.head != nil
      }
      end(error.map { .failed(URLSessionFailure($0, isInBody: hasHead).error(of: request, by: route)) } ?? .whole)
    }

    private func fail(_ error: TransportError) {
      end(.failed(error))
      stopTask()
    }

    private func end(_ end: End) {
      let (reader, timer) = state.withLock { state in
        if state.end == nil { state.end = end }
        return (state.reader.take(), state.timer.take())
      }
      timer?.cancel()
      reader?.resume()
    }

    private func stopTask() {
      guard let task = state.withLock({ $0.task.take() }), task.state != .completed else { return }
      ExchangeTimer.queue.async { task.cancel() }
    }

    private func resumeIfRoom() {
      #if !canImport(FoundationNetworking)
        let task = state.withLock { state -> URLSessionDataTask? in
          guard state.deadlines.isPaused, state.parts.isEmpty else { return nil }
          state.deadlines.isPaused = false
          state.deadlines.heard(at: MonotonicTime.now)
          return state.task
        }
        task?.resume()
      #endif
    }

    // MARK: Time

    /// Starts the clock.
    private func watch() {
      let timer = ExchangeTimer { [weak self] in self?.look() }
      let isOver = state.withLock { state in
        if state.end != nil { return true }
        state.timer = timer
        return false
      }
      if !isOver { timer.set(to: MonotonicTime.now) }
    }

    /// Does what is due.
    private func look() {
      while true {
        let now = MonotonicTime.now
        switch state.withLock({ $0.deadlines.verdict(at: now) }) {
        case .wait(let time): return state.withLock { $0.timer?.set(to: time) } ?? ()
        case .probe: probe()
        case .giveUp(let reason): return fail(error(reason))
        }
      }
    }

    private func error(_ reason: ExchangeDeadlines.Reason) -> TransportError {
      let end =
        switch reason {
        case .connecting: "no connection was accepted within \(Self.words(request.connectTimeout))"
        case .head: "the head of the response did not arrive within \(Self.words(limits.headSeconds))"
        case .silence: "nothing was received for \(Self.words(request.readTimeout))"
        }
      return TransportError(.timedOut, "The request to \(request.place) failed: \(end)", cause: end)
    }

    private static func words(_ seconds: Double) -> String { seconds == 1 ? "1 second" : "\(seconds.formatted()) seconds" }

    private func probe() {
      guard let address = route.proxy.map({ RequestAddress($0) }) ?? RequestAddress(request.url) else { return }
      let seconds = state.withLock { $0.deadlines.probeSeconds }
      _ = SystemThread.start { [weak self] in
        guard ConnectionProbe.isAccepted(host: address.host, port: address.port, within: seconds) else { return }
        self?.state.withLock { $0.deadlines.accepted() }
      }
    }
  }
#endif
