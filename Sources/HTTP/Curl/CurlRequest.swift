import CCurl
import ConnectorModel

extension Route {
  /// Calls `body` with `request` as libcurl takes it, valid during the call.
  func withRequest<Result>(_ request: HTTPRequest, _ body: (UnsafePointer<ccurl_request>) -> Result) -> Result {
    let texts = CTexts()
    let lines = Self.headerLines(request).map { Optional(UnsafePointer(texts.copy(header: $0))) }
    var message = ccurl_request()
    message.method = UnsafePointer(texts.copy(request.method))
    message.url = UnsafePointer(texts.copy(request.url))
    message.connect_timeout = Self.clamped(request.connectTimeout * 1_000)
    message.read_timeout = Self.clamped(request.readTimeout)
    message.proxy = proxy.map { UnsafePointer(texts.copy($0)) }
    switch bundle {
    case .file(let path)?: message.ca_file = UnsafePointer(texts.copy(path))
    case .folder(let path)?: message.ca_path = UnsafePointer(texts.copy(path))
    case nil: break
    }
    if let clientCertificate {
      message.client_certificate = UnsafePointer(texts.copy(clientCertificate.certificatePath))
      message.client_key = UnsafePointer(texts.copy(clientCertificate.keyPath))
    }
    if let pin = pin(request.url).map({ UnsafePointer(texts.copy($0)) }) {
      if proxy == nil { message.resolve = pin } else { message.connect_to = pin }
    }
    return withExtendedLifetime(texts) {
      lines.withUnsafeBufferPointer { lines in
        (request.body ?? []).withUnsafeBytes { bytes in
          message.header_lines = lines.baseAddress
          message.header_count = lines.count
          if request.body != nil { message.body = bytes.baseAddress ?? UnsafeRawPointer(texts.copy("")) }
          message.body_bytes = bytes.count
          return body(&message)
        }
      }
    }
  }

  /// The headers, and lines that keep libcurl from adding its own.
  private static func headerLines(_ request: HTTPRequest) -> [String] {
    var lines = request.headers.map { header in
      var value = header.value
      if value.utf8.contains(where: { $0 == 0x0D || $0 == 0x0A }) { value.unicodeScalars.removeAll { $0 == "\r" || $0 == "\n" } }
      // libcurl takes a line without a value for the wish to leave the header out.
      return value.isEmpty ? "\(header.name);" : "\(header.name): \(value)"
    }
    for name in ["Content-Type", "Expect"] where request.header(name) == nil { lines.append("\(name):") }
    if request.header("User-Agent") == nil { lines.append("User-Agent: airbyte-lowcode") }
    if request.header("Accept-Encoding") == nil { lines.append("Accept-Encoding: \(ContentEncoding.accepted)") }
    return lines
  }

  private static func clamped(_ number: Double) -> Int {
    number.isFinite ? Int(max(1, min(number.rounded(.up), 1e9))) : 1_000_000_000
  }
}

/// C strings, freed together. Used by one thread.
private final class CTexts {
  private var copies: [UnsafeMutablePointer<CChar>] = []

  deinit { copies.forEach { $0.deallocate() } }

  func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
    var text = text
    return text.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
  }

  func copy(header line: String) -> UnsafeMutablePointer<CChar> { HeaderText.encoded(line).withUnsafeBytes { copy($0) } }

  private func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutablePointer<CChar> {
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
    UnsafeMutableRawBufferPointer(start: copy, count: bytes.count).copyMemory(from: bytes)
    copy[bytes.count] = 0
    copies.append(copy)
    return copy
  }
}
