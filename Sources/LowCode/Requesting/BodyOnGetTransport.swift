import CCurl
import Foundation

/// Sends what `URLSession` refuses to send: a GET request with a body. By libcurl, which `URLSession` stands on as well.
struct BodyOnGetTransport: Transport {
  /// Where the waiting for answers happens: libcurl blocks its thread.
  private let queue = DispatchQueue(label: "airbyte-lowcode.body-on-get", attributes: .concurrent)

  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let result = await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: Self.perform(request)) }
    }
    return try result.get()
  }

  private static func perform(_ request: HTTPRequest) -> Result<HTTPResponse, TransportError> {
    let lines =
      request.headers.map { "\($0.name): \($0.value)" } + (request.header("Content-Type") == nil ? ["Content-Type:"] : [])
    let copies = lines.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    var response = ccurl_response()
    copies.map { UnsafePointer($0) }.withUnsafeBufferPointer { headers in
      (request.body ?? []).withUnsafeBytes { body in
        ccurl_send(
          request.method, request.url, headers.baseAddress, headers.count, body.baseAddress, body.count,
          Int(request.connectTimeout.rounded(.up)), Int(request.readTimeout.rounded(.up)), &response)
      }
    }
    defer { ccurl_response_free(&response) }
    guard response.error == 0 else {
      let reason = response.error_text.map { String(cString: $0) } ?? "unknown"
      return .failure(TransportError(CurlAnswer.kind(response.error), "The request to \(request.url) failed: \(reason)."))
    }
    let body = response.body.map { Data(bytes: $0, count: response.body_bytes) } ?? Data()
    let head = response.headers.map {
      String(decoding: UnsafeRawBufferPointer(start: $0, count: response.header_bytes), as: UTF8.self)
    }
    return .success(
      HTTPResponse(
        status: response.status, headers: CurlAnswer.headers(head ?? ""), body: body,
        url: response.url.map { String(cString: $0) } ?? request.url))
  }
}
