#if URLSession
  import ConnectorModel
  import Foundation
  import Synchronization

  #if canImport(FoundationNetworking)
    import FoundationNetworking
  #endif

  /// Sends requests by Foundation's `URLSession`. What that cannot do, above all on Linux, is in `docs/transports.md`.
  struct URLSessionTransport: Carrier {
    private let sessions: URLSessionPool
    private let resources: TransferResources
    private let cookies = CookieJar()

    init(limits: TransferLimits, connections: Int?) {
      resources = TransferResources(limits: limits, connections: connections)
      sessions = URLSessionPool(connections: connections)
    }

    func send(_ request: HTTPRequest, by route: Route) async throws(TransportError) -> HTTPResponse {
      let message = try URLSessionRequest.message(request, by: route, cookies: cookies.header(for: request.url))
      let use = try await resources.connect(for: request)
      let exchange = URLSessionExchange(request, by: route, limits: resources.limits)
      var isHandedOn = false
      defer {
        if !isHandedOn {
          exchange.stop()
          resources.disconnect(use)
        }
      }
      try sessions.begin(message, exchange, by: route)
      let head = try await exchange.head()
      cookies.keep(head.headers, from: request.url)
      let bounds = UnpackingBounds(head.headers, limits: resources.limits)
      guard request.receivesInParts, (200..<300).contains(head.status) else {
        return try await whole(exchange, head, bounds)
      }
      isHandedOn = true
      let body = URLSessionBody(exchange, bounds) { [resources] in resources.disconnect(use) }
      let response = HTTPResponse(
        status: head.status, headers: head.headers, content: .streaming(body), url: request.url, memory: resources.memory)
      return use == .lasting ? response : try await resources.kept(response)
    }

    private func whole(
      _ exchange: URLSessionExchange, _ head: URLSessionExchange.Head, _ bounds: UnpackingBounds
    ) async throws(TransportError) -> HTTPResponse {
      let (request, room) = (exchange.request, ResponseRoom(resources.memory))
      var bounds = bounds
      // URLSession has undone the encodings.
      let body = WholeBody(of: request, status: head.status, headers: head.headers, limits: resources.limits, nil)
      while !body.isCut, let part = try await exchange.next() {
        try bounds.add(part.count, of: request.place)
        try body.read(part, in: room)
        while body.waits {
          try await resources.wait(for: body.heldBytes, in: room, of: request.place)
          try body.readPending(in: room)
        }
      }
      return HTTPResponse(
        status: head.status, headers: head.headers, content: .received(try body.finish(in: room)), url: request.url,
        memory: resources.memory)
    }
  }

  /// The body of a response, received as it is read.
  private final class URLSessionBody: BodySource {
    private struct State {
      var bounds: UnpackingBounds
      var isOver = false
    }

    private let exchange: URLSessionExchange
    private let state: Mutex<State>
    private let hasEnded: @Sendable () -> Void

    /// - Parameter hasEnded: is called when the connection is free again.
    init(_ exchange: URLSessionExchange, _ bounds: UnpackingBounds, hasEnded: @escaping @Sendable () -> Void) {
      self.exchange = exchange
      self.hasEnded = hasEnded
      state = Mutex(State(bounds: bounds))
    }

    deinit { end() }

    func next() async throws(TransportError) -> Data? {
      if state.withLock({ $0.isOver }) { return nil }
      do throws(TransportError) {
        guard let part = try await exchange.next() else {
          end()
          return nil
        }
        let place = exchange.request.place
        try state.withLock { (state) throws(TransportError) in try state.bounds.add(part.count, of: place) }
        return part
      } catch {
        end()
        throw error
      }
    }

    private func end() {
      let wasOver = state.withLock { state in
        defer { state.isOver = true }
        return state.isOver
      }
      guard !wasOver else { return }
      exchange.stop()
      hasEnded()
    }
  }

  /// Keeps what `URLSession` unpacks within the limits for compressed bodies.
  struct UnpackingBounds {
    /// Nil where nothing is compressed.
    private var bounds: InflationBounds?

    init(_ headers: HTTPHeaders, limits: TransferLimits) {
      guard let encodings = headers["Content-Encoding"], !encodings.isEmpty, encodings.lowercased() != "identity" else { return }
      // Without a length, nobody knows how much came over the wire, and only the size is bounded.
      var known = InflationBounds(limits)
      known.add(input: headers["Content-Length"].flatMap { Int($0) } ?? .max / 2)
      bounds = known
    }

    /// - Throws: ``TransportError`` if more came out of the body than a limit allows.
    mutating func add(_ count: Int, of place: String) throws(TransportError) {
      do throws(InflateError) { try bounds?.add(output: count) } catch { throw TransportError(error, of: place) }
    }
  }
#endif
