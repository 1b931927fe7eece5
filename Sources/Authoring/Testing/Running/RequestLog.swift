import ConnectorModel
import JSON
import Synchronization
import Traffic

/// A request that a run made.
struct ObservedRequest: Sendable {
  let request: MockRequest
  /// The stream that it was made for; empty outside of streams.
  let stream: String
  /// Where the manifest has the requester that made it.
  let requester: RequestOrigin.Requester?
  /// The status of the answer; nil if there was none.
  var status: Int?
  /// Whether the mock knew no answer.
  var isUnknown = false
}

/// Keeps the requests of a run.
final class RequestLog: Sendable {
  private let entries = Mutex<[ObservedRequest]>([])

  var requests: [ObservedRequest] { entries.withLock { $0 } }

  /// The same transport, whose requests are kept.
  func logging(_ transport: any Transport) -> any Transport { LoggedTransport(inner: transport, log: self) }

  /// The same API, whose unknown requests are marked.
  func watching(_ api: any MockAPI) -> any MockAPI { WatchedAPI(inner: api, log: self) }

  fileprivate func begin(_ request: HTTPRequest) -> Int {
    entries.withLock { entries in
      let origin = request.origin?.requester
      entries.append(ObservedRequest(request: MockRequest(request), stream: origin?.stream ?? "", requester: origin))
      return entries.count - 1
    }
  }

  fileprivate func answered(_ number: Int, _ status: Int) { entries.withLock { $0[number].status = status } }

  fileprivate func unknown(_ request: MockRequest) {
    entries.withLock { entries in
      guard let place = entries.lastIndex(where: { $0.status == nil && $0.request.url == request.url }) else { return }
      entries[place].isUnknown = true
    }
  }
}

private struct LoggedTransport: Transport {
  let inner: any Transport
  let log: RequestLog

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let number = log.begin(request)
    let response = try await inner.exchange(request)
    log.answered(number, response.status)
    return response
  }
}

private struct WatchedAPI: MockAPI {
  let inner: any MockAPI
  let log: RequestLog

  func answer(_ request: MockRequest) async -> MockAnswer? {
    let answer = await inner.answer(request)
    if answer == nil { log.unknown(request) }
    return answer
  }
}
