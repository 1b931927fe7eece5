import Concurrency
import ConnectorModel
import Essentials
import Synchronization

/// Sends requests over another transport and notes them in a recording. An answer is complete before the run sees any of it.
struct RecordingTransport: Transport {
  let transport: any Transport
  let executor: OrderedExecutor
  let recorder: TrafficRecorder
  let now: @Sendable () -> Int64

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let number = recorder.begins(request, at: executor.time)
    var answer = await received(request)
    let time = now()
    // What arrives at the same time keeps the order in which it arrived.
    answer.moment = await executor.admission { OrderedExecutor.Moment(time: max($0.time, time), order: 0) }
    recorder.ended(number, answer)
    if let response = answer.response { return response }
    throw answer.failure ?? TransportError(.other, "There is no response")
  }

  private func received(_ request: HTTPRequest) async -> TrafficRecorder.Answer {
    var answer = TrafficRecorder.Answer(moment: OrderedExecutor.Moment(time: 0, order: 0))
    do throws(TransportError) {
      let response = try await transport.exchange(request)
      guard response.content.received == nil else {
        answer.response = response
        return answer
      }
      let body = SpooledBody()
      do throws(TransportError) { try await Self.receive(response, into: body) } catch { answer.failure = error }
      answer.body = body
      answer.response = response.with(.streaming(StoredBody(body, failure: answer.failure)))
    } catch {
      answer.failure = error
    }
    return answer
  }

  private static func receive(_ response: HTTPResponse, into body: SpooledBody) async throws(TransportError) {
    var parts = response.parts
    while let part = try await parts.next() {
      do throws(ConnectorError) { try body.append(part) } catch { throw TransportError(.other, error.message) }
    }
  }
}

/// A body that was received before, up to its end or to what broke it off.
final class StoredBody: BodySource {
  private struct State {
    var position = 0
    var failure: TransportError?
  }

  private let body: SpooledBody
  private let state: Mutex<State>

  init(_ body: SpooledBody, failure: TransportError?) {
    self.body = body
    state = Mutex(State(failure: failure))
  }

  func next() async throws(TransportError) -> Data? {
    let part: Data
    do throws(ConnectorError) {
      part = try body.part(at: state.withLock { $0.position })
    } catch {
      throw TransportError(.other, error.message)
    }
    let failure = state.withLock { state -> TransportError? in
      state.position += part.count
      guard part.isEmpty else { return nil }
      defer { state.failure = nil }
      return state.failure
    }
    if let failure { throw failure }
    return part.isEmpty ? nil : part
  }
}
