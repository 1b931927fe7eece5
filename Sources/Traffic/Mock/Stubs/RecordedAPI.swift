import ConnectorModel

/// Answers requests as a recording has them, whatever host the recording was made with.
package struct RecordedAPI: MockAPI {
  private let exchanges: RecordedExchanges
  private let origins: [String]

  /// - Throws: ``ConnectorError`` if the recording cannot be read.
  package init(path: String) throws(ConnectorError) {
    let file = try HARFile(path: path)
    exchanges = try RecordedExchanges(file)
    var origins: [String] = []
    for number in 0..<file.count {
      let url = RequestURL(try file.entry(number).request.url)
      let origin = "\(url.scheme ?? "http")://\(url.authority ?? "")"
      if !origins.contains(origin) { origins.append(origin) }
    }
    self.origins = origins
  }

  package func answer(_ request: MockRequest) async -> MockAnswer? {
    let candidates = [request.origin] + origins
    for origin in candidates {
      let asked = HTTPRequest(
        method: request.method, url: origin + request.target, headers: request.headers,
        body: request.body.isEmpty ? nil : request.body)
      guard let number = exchanges.answer(to: RequestShape(asked)), let entry = try? exchanges.file.entry(number) else {
        continue
      }
      var answer = MockAnswer(
        status: entry.response.status, headers: entry.response.headers, body: entry.response.body.map { Array($0.data) } ?? [])
      // A recording has bodies as they were read: unpacked, and in one piece.
      let frame = ["Content-Length", "Content-Encoding", "Transfer-Encoding", "Connection", "Keep-Alive"]
      answer.headers.removeAll { header in frame.contains { HeaderName.isSame($0, header.name) } }
      return answer
    }
    return nil
  }
}
