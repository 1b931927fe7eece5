import CCurl
import Foundation
import Synchronization

/// Sends requests whose bodies are received part by part, by libcurl: `URLSession` receives as fast as the network gives, whoever
/// reads, and cannot be held up on Linux (a suspended task begins its request anew).
final class PartwiseTransport: Transport {
  private let idle = Mutex<[CurlStream]>([])

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    try await send(request, by: CurlTransport.Route())
  }

  /// Sends a request without following a redirect.
  func send(_ request: HTTPRequest, by route: CurlTransport.Route) async throws(TransportError) -> HTTPResponse {
    let stream: CurlStream
    if let reused = idle.withLock({ $0.popLast() }) { stream = reused } else { stream = try CurlStream() }
    let head = try await stream.open(request, route)
    let source = CurlBody(stream) { [weak self] in
      if !stream.isCancelled.load(ordering: .relaxed) { self?.idle.withLock { $0.append(stream) } }
    }
    var body: any BodySource = source
    for encoding in ContentEncoding.named(by: head.header("Content-Encoding")) {
      body = InflatedBody(body, encoding, url: head.url)
    }
    return HTTPResponse(status: head.status, headers: head.headers, body: Data(), url: head.url, rest: body)
  }
}

/// One of libcurl's connections, which blocks a thread of its own while it waits.
///
/// Sound to share: its queue is serial, and only there the connection is used, but for giving it up, which libcurl allows anywhere.
private final class CurlStream: @unchecked Sendable {
  let isCancelled = Atomic(false)
  private let pointer: OpaquePointer
  private let queue = DispatchQueue(label: "airbyte-lowcode.body-in-parts")

  init() throws(TransportError) {
    guard let pointer = ccurl_stream_create() else { throw TransportError(.other, "libcurl cannot be started; is it installed?") }
    self.pointer = pointer
  }

  deinit { ccurl_stream_free(pointer) }

  /// Sends `request` and waits for the head of the answer.
  func open(_ request: HTTPRequest, _ route: CurlTransport.Route) async throws(TransportError) -> HTTPResponse {
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        queue.async { continuation.resume(returning: self.perform(request, route)) }
      }
    } onCancel: {
      cancel()
    }
    return try result.get()
  }

  /// The next bytes, or none at the end.
  func read() async -> Result<Data, TransportError> {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        queue.async { continuation.resume(returning: self.receive()) }
      }
    } onCancel: {
      cancel()
    }
  }

  private func cancel() {
    isCancelled.store(true, ordering: .relaxed)
    ccurl_stream_cancel(pointer)
  }

  private func receive() -> Result<Data, TransportError> {
    var bytes: UnsafeRawPointer?
    var count = 0
    let code = ccurl_stream_read(pointer, &bytes, &count)
    guard code == 0 else {
      return .failure(
        TransportError(
          CurlAnswer.kind(code), "The connection broke off in the middle of the response: \(Self.reason(code))."))
    }
    return .success(bytes.map { Data(bytes: $0, count: count) } ?? Data())
  }

  private func perform(_ request: HTTPRequest, _ route: CurlTransport.Route) -> Result<HTTPResponse, TransportError> {
    let code = route.withRequest(request) { ccurl_stream_open(pointer, $0) }
    guard code == 0 else {
      return .failure(CurlAnswer.failure(of: request, by: route, code: code, reason: Self.reason(code)))
    }
    var count = 0
    let head = ccurl_stream_headers(pointer, &count).map {
      HeaderText.decoded(UnsafeRawBufferPointer(start: $0, count: count))
    }
    return .success(
      HTTPResponse(
        status: ccurl_stream_status(pointer), headers: CurlAnswer.headers(head ?? ""), body: Data(),
        url: request.url))
  }

  private static func reason(_ code: Int32) -> String { ccurl_stream_error(code).map { String(cString: $0) } ?? "unknown" }
}

/// What is left of a response on a connection.
private final class CurlBody: BodySource {
  private let stream: Mutex<CurlStream?>
  private let finished: @Sendable () -> Void

  /// - Parameter finished: is called when the body was received wholly, so that the connection is free again.
  init(_ stream: CurlStream, finished: @escaping @Sendable () -> Void) {
    self.stream = Mutex(stream)
    self.finished = finished
  }

  func next() async throws(TransportError) -> Data? {
    guard let stream = stream.withLock({ $0 }) else { return nil }
    do throws(TransportError) {
      let data = try await stream.read().get()
      if !data.isEmpty { return data }
    } catch {
      self.stream.withLock { $0 = nil }
      throw error
    }
    self.stream.withLock { $0 = nil }
    finished()
    return nil
  }
}
