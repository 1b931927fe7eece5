import CCurl
import Foundation
import Synchronization

/// Sends requests whose bodies are received part by part, by libcurl: `URLSession` receives as fast as the network gives, whoever
/// reads, and cannot be held up on Linux (a suspended task begins its request anew).
final class PartwiseTransport: Transport {
  private let idle = Mutex<[CurlStream]>([])

  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
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
    let encodings = (head.header("Content-Encoding") ?? "").split(separator: ",").reversed()
    var body: any BodySource = source
    for encoding in encodings {
      switch encoding.trimmingCharacters(in: .whitespaces).lowercased() {
      case "gzip", "x-gzip": body = InflatedBody(body, .gzip, url: head.url)
      case "deflate": body = InflatedBody(body, .zlib, url: head.url)
      default: break
      }
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
    guard let pointer = ccurl_stream_create() else { throw TransportError(.other, "There is no memory for a connection.") }
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
    guard code == 0 else { return .failure(Self.error(code, "The connection broke off in the middle of the response")) }
    return .success(bytes.map { Data(bytes: $0, count: count) } ?? Data())
  }

  private func perform(_ request: HTTPRequest, _ route: CurlTransport.Route) -> Result<HTTPResponse, TransportError> {
    var lines = request.headers.map { header in
      let value = header.value.filter { $0 != "\r" && $0 != "\n" && $0 != "\r\n" }
      // libcurl takes a line without a value for the wish to leave the header out.
      return value.isEmpty ? "\(header.name);" : "\(header.name): \(value)"
    }
    for name in ["Content-Type", "Expect"] where request.header(name) == nil { lines.append("\(name):") }
    if request.header("Accept-Encoding") == nil { lines.append("Accept-Encoding: gzip, deflate") }
    let texts = [request.method, request.url] + lines
    let copies = texts.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    // libcurl copies what it is told here.
    let paths = CTexts()
    let body = request.body ?? []
    let code = copies.map { UnsafePointer($0) }.withUnsafeBufferPointer { copies in
      (body + [0]).withUnsafeBytes { bytes in
        var message = ccurl_stream_request()
        message.method = copies[0]
        message.url = copies[1]
        message.header_lines = copies.baseAddress.map { $0 + 2 }
        message.header_count = lines.count
        if request.body != nil { message.body = bytes.baseAddress }
        message.body_bytes = body.count
        message.connect_timeout = Self.clamped(request.connectTimeout * 1_000)
        message.read_timeout = Self.clamped(request.readTimeout)
        message.follows_redirects = 0
        message.proxy = UnsafePointer(paths.copy(route.proxy ?? ""))
        switch route.bundle {
        case .file(let path)?: message.ca_file = UnsafePointer(paths.copy(path))
        case .folder(let path)?: message.ca_path = UnsafePointer(paths.copy(path))
        case nil: break
        }
        if let pin = route.pin(request.url) {
          if route.proxy == nil {
            message.resolve = UnsafePointer(paths.copy(pin))
          } else {
            message.connect_to = UnsafePointer(paths.copy(pin))
          }
        }
        return withExtendedLifetime(paths) { ccurl_stream_open(pointer, &message) }
      }
    }
    guard code == 0 else { return .failure(Self.error(code, "The request to \(request.url) failed")) }
    var count = 0
    let head = ccurl_stream_headers(pointer, &count).map {
      String(decoding: UnsafeRawBufferPointer(start: $0, count: count), as: UTF8.self)
    }
    return .success(
      HTTPResponse(
        status: ccurl_stream_status(pointer), headers: CurlAnswer.headers(head ?? ""), body: Data(),
        url: ccurl_stream_url(pointer).map { String(cString: $0) } ?? request.url))
  }

  private static func clamped(_ number: Double) -> Int {
    number.isFinite ? Int(max(1, min(number.rounded(.up), 1e9))) : 1_000_000_000
  }

  private static func error(_ code: Int32, _ sentence: String) -> TransportError {
    let reason = ccurl_stream_error(code).map { String(cString: $0) } ?? "unknown"
    return TransportError(CurlAnswer.kind(code), "\(sentence): \(reason).")
  }
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
