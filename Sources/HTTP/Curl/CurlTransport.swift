import ConnectorModel

/// Sends requests by libcurl itself.
///
/// Content encodings are undone here and not by libcurl, which refuses those that it does not know.
struct CurlTransport: Carrier {
  private let session: CurlSession
  private let resources: TransferResources
  /// With this many connections, each transfer can keep some for other hosts.
  private static let many = 32

  init(limits: TransferLimits, connections: Int?) {
    session = CurlSession(keptConnections: connections.flatMap { $0 < Self.many ? 1 : nil })
    resources = TransferResources(limits: limits, connections: connections)
  }

  func send(_ request: HTTPRequest, by route: Route) async throws(TransportError) -> HTTPResponse {
    let use = try await resources.connect(for: request)
    let reception = CurlReception(of: request, limits: resources.limits, memory: resources.memory)
    let transfer = CurlTransfer(request, by: route, in: session, reception) { [resources] in resources.disconnect(use) }
    do throws(TransportError) {
      try transfer.begin()
    } catch {
      resources.disconnect(use)
      throw error
    }
    defer { if use == .brief { transfer.end() } }
    guard try await receive(transfer) else { return try whole(transfer, request) }
    let response = parts(transfer, request)
    return use == .lasting ? response : try await resources.kept(response)
  }

  /// Receives the head, and the body unless it is read as it comes.
  /// - Returns: whether it is.
  private func receive(_ transfer: CurlTransfer) async throws(TransportError) -> Bool {
    let reception = transfer.reception
    while true {
      let isOver = try await transfer.run()
      if reception.isInParts { return true }
      while let size = reception.wantedRoom {
        try await resources.wait(for: size, in: reception.room, of: reception.place)
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
      memory: resources.memory)
  }

  private func parts(_ transfer: CurlTransfer, _ request: HTTPRequest) -> HTTPResponse {
    let reception = transfer.reception
    var body: any BodySource = CurlBody(transfer)
    let encodings = reception.headers["Content-Encoding"]
    if let decompressors = ContentEncoding.decompressors(named: encodings, inParts: true, limits: resources.limits) {
      body = InflatedBody(body, of: reception.place, decompressors)
    }
    return HTTPResponse(
      status: reception.head.status, headers: reception.headers, content: .streaming(body), url: request.url,
      memory: resources.memory)
  }
}
