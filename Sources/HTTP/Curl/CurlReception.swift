import CCurl
import Concurrency
import ConnectorModel
import Essentials
import JSON
import Synchronization

/// What comes of one response.
///
/// Sound to share: the thread that performs its transfer alone touches it while that runs, and the task that waits for it after that.
/// Only cancelling may come at any time, which is atomic.
final class CurlReception: @unchecked Sendable {
  /// What becomes of the body.
  private enum Content {
    /// Nothing of it came yet.
    case none
    case whole(WholeBody)
    /// It is read as it comes: these bytes were received and not read yet.
    case parts(Data)
  }

  /// As much of a body in parts is received ahead of its reader.
  private static let window = 512 * 1024

  private(set) var head = ResponseHead()
  private(set) var headers = HTTPHeaders()
  /// What is wrong with the response.
  private(set) var failure: TransportError?
  private let request: HTTPRequest
  private let limits: TransferLimits
  /// The memory that the body takes.
  let room: ResponseRoom
  private let deadline: UInt64
  private var content = Content.none
  private let cancelled = Atomic(false)

  init(of request: HTTPRequest, limits: TransferLimits, memory: ResponseMemory) {
    self.request = request
    self.limits = limits
    room = ResponseRoom(memory)
    deadline = MonotonicTime.after(limits.headSeconds)
  }

  /// Names the response in errors.
  var place: String { request.place }

  func cancel() { cancelled.store(true, ordering: .relaxed) }
  var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

  /// Whether the body is read as it comes: those of errors and redirects are not.
  var isInParts: Bool { request.receivesInParts && (200..<300).contains(head.status) }

  /// Whether a line of the head came.
  private(set) var hasBegun = false

  /// Whether enough of the body was received.
  var isCut: Bool {
    if case .whole(let body) = content { body.isCut } else { false }
  }

  /// The memory that the body needs before more of it is read; nil if it has it.
  var wantedRoom: Int? {
    guard case .whole(let body) = content, body.waits else { return nil }
    return body.heldBytes
  }

  /// What the transfer does next.
  func next() -> Int {
    if failure != nil || isCut || isCancelled { return CCURL_STOP }
    if !head.isWhole {
      guard MonotonicTime.now > deadline else { return CCURL_MORE }
      failure = TransportError(
        .timedOut, "The head of the response of \(place) did not arrive within \(Int(limits.headSeconds)) seconds")
      return CCURL_STOP
    }
    switch content {
    case .none: return isInParts ? CCURL_PAUSE : CCURL_MORE
    case .whole: return wantedRoom == nil ? CCURL_MORE : CCURL_PAUSE
    case .parts(let bytes): return bytes.isEmpty ? CCURL_MORE : CCURL_PAUSE
    }
  }

  /// Reads a line of the head.
  /// - Returns: whether the response continues.
  func read(line: UnsafeRawBufferPointer) -> Bool {
    let wasWhole = head.isWhole
    hasBegun = true
    do throws(ResponseHead.Failure) { try head.read(line, limit: limits.headBytes) } catch {
      failure = TransportError(.tooLarge, "The response of \(place) \(error.reason)")
      return false
    }
    if head.isWhole, !wasWhole { headers = head.headers }
    return true
  }

  /// Takes in bytes of the body.
  /// - Returns: how many were taken; fewer end the transfer.
  func read(body bytes: UnsafeRawBufferPointer) -> Int {
    if case .none = content { content = isInParts ? .parts(Data()) : .whole(wholeBody()) }
    switch content {
    case .none: return 0
    case .parts(var received):
      if received.count >= Self.window { return CCURL_LATER }
      content = .none
      received.append(contentsOf: bytes)
      content = .parts(received)
    case .whole(let body):
      if body.waits { return CCURL_LATER }
      do throws(TransportError) {
        try body.read(bytes, in: room)
      } catch {
        failure = error
        return 0
      }
      if body.isCut { return 0 }
    }
    return bytes.count
  }

  /// Takes in what waited for room.
  func readPending() throws(TransportError) {
    guard case .whole(let body) = content else { return }
    try body.readPending(in: room)
  }

  /// What was received of a body that is read as it comes, and was not read yet.
  func takePart() -> Data {
    guard case .parts(let bytes) = content else { return Data() }
    content = .parts(Data())
    return bytes
  }

  /// The whole body, which is given away.
  /// - Throws: ``TransportError`` if it ended too early.
  func takeBody() throws(TransportError) -> ReceivedBody {
    guard case .whole(let body) = content else { return .empty }
    content = .none
    return try body.finish(in: room)
  }

  private func wholeBody() -> WholeBody {
    WholeBody(
      of: request, status: head.status, headers: headers, limits: limits,
      ContentEncoding.decompressors(named: headers["Content-Encoding"], inParts: false, limits: limits))
  }
}
