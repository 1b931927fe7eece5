import Concurrency
import ConnectorModel
import Essentials
import JSON
import Secrets

/// Answers requests from a recording, in the order and at the times of the recording.
struct ReplayTransport: Transport {
  let exchanges: RecordedExchanges
  let executor: OrderedExecutor
  let secrets: SecretMask
  /// Where requests go that the recording has no answer to; nil if they are errors.
  let live: (any Transport)?

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let shape = RequestShape(request)
    let places = secrets.places
    guard let number = exchanges.answer(to: shape, restoring: places) else {
      if let live { return try await live.exchange(request) }
      let address = "\(request.method) \(RequestURL(request.url).publicText)"
      throw TransportError(
        .unrecorded, "The recording \(exchanges.file.path) has no answer to \(address). \(exchanges.nearest(to: shape))")
    }
    guard let moment = exchanges.moment(of: number) else {
      throw TransportError(
        .unrecorded,
        "The recording \(exchanges.file.path) ends before \(request.method) \(RequestURL(request.url).publicText) was answered")
    }
    let recorded: HAREntry
    do throws(ConnectorError) {
      let entry = try exchanges.file.entry(number)
      recorded = SecretRestoration(entry.notes, places).restored(entry)
    } catch {
      throw TransportError(.unrecorded, error.message)
    }
    _ = await executor.admission { _ in moment }
    return try response(recorded, number, to: request)
  }

  private func response(_ entry: HAREntry, _ number: Int, to request: HTTPRequest) throws(TransportError) -> HTTPResponse {
    hidePlaceholders(of: entry)
    let failure = TransportError(note: entry.notes[RecordingNotes.failure])
    guard entry.response.status > 0 else {
      throw failure
        ?? TransportError(.connectionLost, "\(RequestURL(request.url).publicText) gave no answer when it was recorded")
    }
    let body = try self.body(of: entry, number)
    let headers = HTTPHeaders(entry.response.headers)
    // As when recording; other programs do not say, and their bodies are complete.
    let isInParts = entry.notes[RecordingNotes.number] == nil ? request.receivesInParts : entry.notes[RecordingNotes.parts] != nil
    guard isInParts else {
      return HTTPResponse(status: entry.response.status, headers: headers, body: body, url: request.url)
    }
    let stored = SpooledBody()
    do throws(ConnectorError) { try stored.append(body) } catch { throw TransportError(.other, error.message) }
    return HTTPResponse(
      status: entry.response.status, headers: headers, content: .streaming(StoredBody(stored, failure: failure)), url: request.url
    )
  }

  private func body(of entry: HAREntry, _ number: Int) throws(TransportError) -> Data {
    if let body = entry.response.body { return body.data }
    guard entry.response.bodySize > 0 else { return Data() }
    let reason = entry.bodyAbsence.map { " (\($0))" } ?? ""
    throw TransportError(
      .unrecorded,
      "The recording \(exchanges.file.path) does not hold the body of answer number \(exchanges.name(of: number))\(reason). "
        + "Record it with `--record-bodies all`")
  }

  /// What the run learns of secrets by their placeholders is masked where it would be without them.
  private func hidePlaceholders(of entry: HAREntry) {
    let texts = entry.response.headers.map { Array($0.value.utf8) }
    for text in texts + [Array(entry.response.body?.data ?? Data())] {
      for place in Placeholder.ranges(in: text) { secrets.hidePassing(String(decoding: text[place], as: UTF8.self)) }
    }
  }
}
