import Concurrency
import ConnectorModel
import Foundation

/// Sends requests by libcurl itself. On Linux `URLSession` uses it too, but
///
/// - it ends the whole process where a server closes in the middle of a response's head;
/// - it has one timeout only, for silence, and none for connecting;
/// - it refuses a GET request with a body, and drops the body of a redirect that leads nowhere;
/// - it leaves proxies to libcurl's reading of the environment (no `HTTP_PROXY` in capitals, another `NO_PROXY`), and has no way to
///   name a bundle of certificates, or the address that was checked and is to be connected to.
///
/// Redirects are not followed here. Content encodings are undone here and not by libcurl, which refuses those that it does not know.
struct CurlTransport: Transport {
  /// Which way a request takes.
  struct Route: Sendable, Equatable {
    /// The proxy's URL.
    var proxy: String?
    /// Certificates to trust instead of the system's: a file or a folder.
    var bundle: CABundle?
    /// The addresses of the host's name; empty if it is not looked up before.
    var addresses: [String] = []

    /// The host's addresses in libcurl's form; nil if it looks them up itself.
    func pin(_ url: String) -> String? {
      guard let first = addresses.first, let address = RequestAddress(url) else { return nil }
      func bracketed(_ address: String) -> String { address.contains(":") ? "[\(address)]" : address }
      let host = bracketed(address.host)
      guard proxy == nil else { return "\(host):\(address.port):\(bracketed(first)):\(address.port)" }
      return "\(host):\(address.port):\(addresses.map(bracketed).joined(separator: ","))"
    }
  }

  private let session: CurlSession
  private let connections: AsyncSemaphore<ConnectionRule>
  private let limits: TransferLimits
  private let memory: ResponseMemory
  /// With this many connections, each transfer can keep some for other hosts.
  private static let many = 32

  init(limits: TransferLimits = TransferLimits(), connections count: Int? = SystemLimits.connections) {
    session = CurlSession(keptConnections: count.flatMap { $0 < Self.many ? 1 : nil })
    connections = AsyncSemaphore(ConnectionRule(limit: count ?? .max))
    var limits = limits
    // Growing may take twice as much for a moment.
    if let left = SystemLimits.addressSpaceLeft { limits.memoryBytes.value = min(limits.memoryBytes.value, max(1, left / 3)) }
    self.limits = limits
    memory = ResponseMemory(limits.memoryBytes, page: limits.pageBytes)
  }

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse { try await send(request, by: Route()) }

  func send(_ request: HTTPRequest, by route: Route) async throws(TransportError) -> HTTPResponse {
    let use: ConnectionUse = request.receivesInParts && connections.take(.lasting) ? .lasting : .brief
    if use == .brief {
      do { try await connections.wait(for: .brief) } catch { throw TransportError(.other, "The request was cancelled") }
    }
    let transfer = CurlTransfer(request, by: route, in: session, CurlReception(of: request, limits: limits, memory: memory)) {
      [connections] in connections.signal(use)
    }
    do throws(TransportError) {
      try transfer.begin()
    } catch {
      connections.signal(use)
      throw error
    }
    defer { if use == .brief { transfer.end() } }
    guard try await receive(transfer) else { return try whole(transfer, request) }
    let response = parts(transfer, request)
    return use == .lasting ? response : try await kept(response)
  }

  /// Receives the head, and the body unless it is read as it comes.
  /// - Returns: whether it is.
  private func receive(_ transfer: CurlTransfer) async throws(TransportError) -> Bool {
    let reception = transfer.reception
    while true {
      let isOver = try await transfer.run()
      if reception.isInParts { return true }
      while let size = reception.wantedRoom {
        try await reception.waitForRoom(size)
        try reception.readPending()
      }
      if isOver { return false }
    }
  }

  private func whole(_ transfer: CurlTransfer, _ request: HTTPRequest) throws(TransportError) -> HTTPResponse {
    transfer.end()
    let reception = transfer.reception
    return HTTPResponse(
      status: reception.head.status, headers: reception.headers, content: .received(try reception.takeBody()), url: request.url,
      memory: memory)
  }

  private func parts(_ transfer: CurlTransfer, _ request: HTTPRequest) -> HTTPResponse {
    let reception = transfer.reception
    var body: any BodySource = CurlBody(transfer)
    let encodings = reception.headers["Content-Encoding"]
    if let decompressors = ContentEncoding.decompressors(named: encodings, inParts: true, limits: limits) {
      body = InflatedBody(body, of: reception.place, decompressors)
    }
    return HTTPResponse(
      status: reception.head.status, headers: reception.headers, content: .streaming(body), url: request.url, memory: memory)
  }

  /// The response with its body in a file: it needs its connection no longer than others.
  private func kept(_ response: HTTPResponse) async throws(TransportError) -> HTTPResponse {
    do {
      return try await response.received(into: SpooledBody())
    } catch {
      if let error = error as? TransportError { throw error }
      let kind: TransportError.Kind = SystemLimits.obstacle == nil ? .other : .systemLimit
      throw TransportError(kind, (error as? ConnectorError)?.message ?? "\(error)")
    }
  }
}

/// What a connection is needed for.
enum ConnectionUse: Sendable {
  /// A response that is received at once.
  case brief
  /// One whose reader may make other requests meanwhile.
  case lasting
}

/// This many connections at a time; one of them is always for brief use, so that nobody waits forever.
struct ConnectionRule: AdmissionRule {
  let limit: Int
  private var taken = 0

  init(limit: Int) { self.limit = limit }

  mutating func admit(_ use: ConnectionUse) -> Bool {
    guard taken < (use == .brief ? limit : limit - 1) else { return false }
    taken += 1
    return true
  }

  mutating func release(_ use: ConnectionUse) { taken -= 1 }
}
