import Bytes
import CCurl
import Concurrency
import ConnectorModel
import Essentials
import Synchronization

/// Owns libcurl's session, which is safe to use from several threads.
final class CurlSession: Sendable {
  private let shared: SharedPointer?

  /// - Parameter keptConnections: how many open connections each transfer leaves to later ones; nil for libcurl's choice.
  init(keptConnections: Int?) { shared = ccurl_session_new(keptConnections ?? 0).map { SharedPointer($0) } }

  deinit { ccurl_session_free(pointer) }

  fileprivate var pointer: OpaquePointer? { shared?.opaque }
}

/// One request and its response, by libcurl.
final class CurlTransfer: Sendable {
  let reception: CurlReception
  private let request: HTTPRequest
  private let route: Route
  private let session: CurlSession
  private let hasEnded: @Sendable () -> Void

  /// libcurl's part, until it is given back.
  ///
  /// Sound to share: one task at a time uses it; cancelling, which may come at any time, only wakes the transfer while it is there.
  private let handle = Mutex<SharedPointer?>(nil)

  /// - Parameter hasEnded: is called when the connection is free again.
  init(
    _ request: HTTPRequest, by route: Route, in session: CurlSession, _ reception: CurlReception,
    hasEnded: @escaping @Sendable () -> Void
  ) {
    self.request = request
    self.route = route
    self.session = session
    self.reception = reception
    self.hasEnded = hasEnded
  }

  deinit { end() }

  /// Gives the connection back. What is left of the response is not received.
  func end() {
    guard let handle = handle.withLock({ $0.take() }) else { return }
    ccurl_end(handle.opaque)
    hasEnded()
  }

  /// Prepares the transfer.
  func begin() throws(TransportError) {
    if let obstacle = SystemLimits.addressSpaceObstacle {
      throw TransportError(.systemLimit, "The request to \(reception.place) cannot be sent. \(obstacle)")
    }
    var receiver = ccurl_receiver()
    receiver.context = Unmanaged.passUnretained(reception).toOpaque()
    receiver.on_header = { context, bytes, count in
      guard let reception = CurlTransfer.reception(context), let bytes else { return 0 }
      return reception.read(line: UnsafeRawBufferPointer(start: bytes, count: count)) ? 1 : 0
    }
    receiver.on_body = { context, bytes, count in
      guard let reception = CurlTransfer.reception(context), let bytes else { return 0 }
      return reception.read(body: UnsafeRawBufferPointer(start: bytes, count: count))
    }
    receiver.next = { context in Int32(CurlTransfer.reception(context)?.next() ?? CCURL_STOP) }
    var reason = [CChar](repeating: 0, count: 256)
    let pointer = route.withRequest(request) { ccurl_begin(session.pointer, $0, &receiver, &reason) }
    guard let pointer else {
      let reason = String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw TransportError(.systemLimit, "libcurl cannot be started: \(reason)" + (SystemLimits.obstacle.map { ". " + $0 } ?? ""))
    }
    handle.withLock { $0 = SharedPointer(pointer) }
  }

  private static func reception(_ context: UnsafeMutableRawPointer?) -> CurlReception? {
    context.map { Unmanaged<CurlReception>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Continues until the reception asks for a pause.
  /// - Returns: whether the transfer is over.
  /// - Throws: ``TransportError`` if it broke off.
  func run() async throws(TransportError) -> Bool {
    let result = await withTaskCancellationHandler {
      // libcurl blocks the thread.
      await BlockingExecutor.shared.run { self.perform() }
    } onCancel: {
      reception.cancel()
      handle.withLock { handle in if let handle { ccurl_wake(handle.opaque) } }
    }
    return try result.get()
  }

  private func perform() -> Result<Bool, TransportError> {
    guard let handle = handle.withLock({ $0 }) else { return .success(true) }
    var result = ccurl_result()
    ccurl_run(handle.opaque, &result)
    if let failure = reception.failure { return .failure(failure) }
    guard result.is_over != 0 else { return .success(false) }
    guard result.error == 0 || reception.isCut else {
      let reason = withUnsafeBytes(of: &result.error_text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      return .failure(
        CurlAnswer.failure(
          of: request, by: route, code: result.error, reason: reason, isInHead: reception.hasBegun && !reception.head.isWhole,
          isInBody: reception.head.isWhole))
    }
    guard reception.head.isWhole else {
      return .failure(
        TransportError(.connectionLost, "\(reception.place) closed the connection in the middle of the response's head"))
    }
    return .success(true)
  }
}

/// The body of a response, received as it is read.
final class CurlBody: BodySource {
  private enum State {
    case open(CurlTransfer)
    /// The transfer broke off behind what was read.
    case broken(TransportError)
    case over
  }

  private let state: Mutex<State>

  init(_ transfer: CurlTransfer) { state = Mutex(.open(transfer)) }

  func next() async throws(TransportError) -> Data? {
    while true {
      switch state.withLock({ $0 }) {
      case .over: return nil
      case .broken(let error):
        state.withLock { $0 = .over }
        throw error
      case .open(let transfer):
        let part = transfer.reception.takePart()
        if !part.isEmpty { return part }
        if let part = await goOn(transfer) { return part }
      }
    }
  }

  /// What came before the end or a failure, where one of them was reached.
  private func goOn(_ transfer: CurlTransfer) async -> Data? {
    do throws(TransportError) {
      guard try await transfer.run() else { return nil }
      state.withLock { $0 = .over }
    } catch {
      state.withLock { $0 = .broken(error) }
    }
    let last = transfer.reception.takePart()
    transfer.end()
    return last.isEmpty ? nil : last
  }
}
