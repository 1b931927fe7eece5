import ConnectorModel
import Essentials

/// Answers requests by a mock in this process: none of them leaves.
package struct MockTransport: Transport {
  private let api: any MockAPI
  private let sleep: @Sendable (Double) async throws -> Void

  /// - Parameter sleep: waits for a number of seconds, where an answer is late.
  package init(_ api: any MockAPI, sleep: @escaping @Sendable (Double) async throws -> Void) {
    self.api = api
    self.sleep = sleep
  }

  package func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    var answer = await api.answerOrRefusal(MockRequest(request))
    let place = RequestURL(request.url).publicText
    var seconds = answer.delay
    switch answer.damage {
    case .noAnswer?, .bytes?, .cutHead?:
      throw TransportError(.connectionLost, "\(place) closed the connection before its answer was complete")
    case .cutBody(let part)?:
      throw TransportError(
        .brokenOff, "\(place) closed the connection after \(answer.body.count * part / 1000) of \(answer.body.count) bytes")
    case .slow(let pause)?: seconds += pause
    case nil: break
    }
    if seconds > 0 {
      guard seconds < request.readTimeout else {
        await wait(request.readTimeout)
        throw TransportError(.timedOut, "\(place) sent nothing for \(Int(request.readTimeout)) seconds")
      }
      await wait(seconds)
    }
    // The head as a transport gives it: bodies are unpacked on the way.
    answer.headers.removeAll { HeaderName.isSame($0.name, "Content-Length") || HeaderName.isSame($0.name, "Connection") }
    return HTTPResponse(
      status: answer.status, headers: HTTPHeaders(answer.headers), body: Data(answer.body), url: request.url)
  }

  /// Waits; a read that was cancelled learns of it from what it asks for next.
  private func wait(_ seconds: Double) async { try? await sleep(seconds) }
}
