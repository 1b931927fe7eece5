import CCurl
import Foundation
import JSON
import Synchronization

/// Sends requests by libcurl itself. On Linux `URLSession` stands on it as well, but
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
    /// Certificates to trust in the place of the system's: a file or a folder.
    var bundle: CABundle?
    /// The addresses that the host's name stands for; empty where it is not looked up before.
    var addresses: [String] = []

    /// The host's addresses as libcurl wants them; nil where it looks them up itself.
    func pin(_ url: String) -> String? {
      guard let first = addresses.first, let address = RequestAddress(url) else { return nil }
      func bracketed(_ address: String) -> String { address.contains(":") ? "[\(address)]" : address }
      let host = bracketed(address.host)
      guard proxy == nil else { return "\(host):\(address.port):\(bracketed(first)):\(address.port)" }
      return "\(host):\(address.port):\(addresses.map(bracketed).joined(separator: ","))"
    }
  }

  private let session = CurlSession()

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse { try await send(request, by: Route()) }

  func send(_ request: HTTPRequest, by route: Route) async throws(TransportError) -> HTTPResponse {
    let exchange = CurlExchange()
    let result = await withTaskCancellationHandler {
      // libcurl blocks the thread.
      if WaitingThread.isCurrent { return session.perform(request, route, exchange) }
      return await withCheckedContinuation { continuation in
        WaitingThreads.shared.run { continuation.resume(returning: session.perform(request, route, exchange)) }
      }
    } onCancel: {
      exchange.isCancelled.store(true, ordering: .relaxed)
    }
    return try result.get()
  }
}

/// What one request gathers. Only the thread that performs it touches head and body.
private final class CurlExchange: @unchecked Sendable {
  let isCancelled = Atomic(false)
  var head: [UInt8] = []
  /// Whether the empty line after the headers came.
  var isHeadWhole = false
  private var body = JSONReception()
  private var hasBody = false
  /// The size of the body, as far as its head says it.
  var announced = 0
  /// The content encodings of the body, by its head.
  private var encodings: String?
  /// What undoes them.
  private var decoders: [ContentDecoder] = []
  /// Why the body cannot be decoded.
  private(set) var failure: InflateError?

  /// As much of a body is made room for at once, whatever its head says.
  static let longestRoom = 64 * 1024 * 1024

  /// Takes in a line of the head.
  func read(_ line: UnsafeRawBufferPointer) {
    // An interim response (100, 103) is followed by another one.
    if line.starts(with: "HTTP/".utf8) {
      head = []
      announced = 0
      encodings = nil
    } else {
      head += line
    }
    if let length = Self.value(of: "content-length:", line) { announced = min(Int(length) ?? 0, Self.longestRoom) }
    if let names = Self.value(of: "content-encoding:", line) { encodings = encodings.map { "\($0),\(names)" } ?? names }
    isHeadWhole = line.elementsEqual("\r\n".utf8) || line.elementsEqual("\n".utf8)
  }

  /// Takes in a part of the body; what comes after a part that cannot be decoded is passed over.
  func read(body bytes: UnsafeRawBufferPointer) {
    guard failure == nil else { return }
    do throws(InflateError) {
      if !hasBody {
        body.expect(announced)
        decoders = try ContentEncoding.decoders(named: encodings)
      }
      hasBody = true
      try decoders[...].read(bytes) { body.append($0) }
    } catch {
      failure = error
    }
  }

  /// The body, which is given away, and what it says if that is known.
  func takeBody() -> (bytes: JSONBytes, document: JSONDocument?) {
    var taken = JSONReception()
    swap(&taken, &body)
    return taken.finish()
  }

  /// What a line of the head says where it is the header `name`, which is in small letters and ends in a colon.
  private static func value(of name: StaticString, _ line: UnsafeRawBufferPointer) -> String? {
    let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    guard line.count > name.count, zip(line, name).allSatisfy({ $0 == $1 || $0 | 0x20 == $1 }) else { return nil }
    return String(decoding: line.dropFirst(name.count), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// Owns libcurl's session, which is safe to use from several threads.
private final class CurlSession: @unchecked Sendable {
  private let session = ccurl_session_new()

  deinit { ccurl_session_free(session) }

  func perform(_ request: HTTPRequest, _ route: CurlTransport.Route, _ exchange: CurlExchange) -> Result<
    HTTPResponse, TransportError
  > {
    var receiver = ccurl_receiver()
    receiver.context = Unmanaged.passUnretained(exchange).toOpaque()
    receiver.on_body = { context, bytes, count in
      guard let context, let bytes else { return 0 }
      Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue().read(
        body: UnsafeRawBufferPointer(start: bytes, count: count))
      return count
    }
    receiver.on_header = { context, bytes, count in
      guard let context, let bytes else { return }
      Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue().read(UnsafeRawBufferPointer(start: bytes, count: count))
    }
    receiver.is_cancelled = { context in
      guard let context else { return 0 }
      return Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue().isCancelled.load(ordering: .relaxed) ? 1 : 0
    }
    var result = ccurl_result()
    withExtendedLifetime(exchange) {
      route.withRequest(request) { ccurl_send(session, $0, &receiver, &result) }
    }
    guard result.error == 0 else { return .failure(Self.error(result, request, route)) }
    guard exchange.isHeadWhole else {
      return .failure(
        TransportError(
          .connectionLost, "\(CurlAnswer.place(of: request)) closed the connection in the middle of the response's head."))
    }
    if let failure = exchange.failure { return .failure(CurlAnswer.unreadable(request, failure)) }
    let body = exchange.takeBody()
    return .success(
      HTTPResponse(
        status: result.status, headers: CurlAnswer.headers(HeaderText.decoded(exchange.head)), bytes: body.bytes,
        document: body.document, url: request.url))
  }

  private static func error(_ result: ccurl_result, _ request: HTTPRequest, _ route: CurlTransport.Route) -> TransportError {
    var result = result
    let reason = withUnsafeBytes(of: &result.error_text) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return CurlAnswer.failure(of: request, by: route, code: result.error, reason: reason)
  }
}
