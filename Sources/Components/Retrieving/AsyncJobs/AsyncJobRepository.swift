import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON
import Jinja
import Secrets

/// Sends the API's requests about jobs: creates them, polls their status, fetches what they made, and cleans up.
struct AsyncJobRepository: Sendable {
  let creation: any Requester
  let polling: any Requester
  let abortion: (any Requester)?
  let deletion: (any Requester)?
  let targets: (any Requester)?
  let targetExtractor: (any RecordExtractor)?
  let statusExtractor: any RecordExtractor
  let statuses: AsyncJobStatusMap
  let decoder: any Decoder
  let download: SimpleRetriever
  let secrets: any Secrets

  /// Creates a job.
  /// - Throws: ``ConnectorError`` if the API does not.
  func start(_ slice: StreamSlice) async throws -> HTTPResponse {
    let response = try await send(creation, slice, checked: { try $0.checkJSONEnd() })
    guard response.isSuccess else {
      throw refusal("The API did not create a job: it answered with status \(response.status)", response)
    }
    return response
  }

  /// The status of a job.
  func poll(_ job: AsyncJob) async throws -> (status: AsyncJobStatus, response: HTTPResponse) {
    let response = try await send(polling, slice(of: job), checked: decoder.checkEnd)
    do {
      return (try statuses.status(try await values(statusExtractor, in: response).first), response)
    } catch let error as ConnectorError {
      throw refusal(error.message, response)
    }
  }

  /// An error about what the API answered about a job.
  private func refusal(_ message: String, _ response: HTTPResponse) -> ConnectorError {
    let answer = APIAnswer(response, hiding: secrets)
    return ConnectorError(
      .system, answer.added(to: message),
      internalMessage: APIAnswer.sentences(message, "\(response.url): \(answer.detail ?? "status \(response.status)")"))
  }

  /// What the API says of a job in an answer that it failed.
  func words(in response: HTTPResponse) -> String? { APIAnswer(response, hiding: secrets).sentence }

  func abort(_ job: AsyncJob) async throws {
    if let abortion { _ = try await send(abortion, slice(of: job)) }
  }

  func delete(_ job: AsyncJob) async throws {
    if let deletion { _ = try await send(deletion, slice(of: job)) }
  }

  /// Fetches what a job made, page by page.
  /// - Returns: whether `body` needs more.
  func fetch(_ job: AsyncJob, _ body: (Page) async throws -> Bool) async throws -> Bool {
    var wantsMore = true
    for target in try await downloadTargets(of: job) {
      var fields = job.slice.extraFields
      fields["download_target"] = target
      let slice = StreamSlice(
        partition: job.slice.partition, cursorSlice: job.slice.cursorSlice, extraFields: fields,
        bindings: [try created(job), try polled(job)], job: nil)
      try await download.read(slice) { page in
        wantsMore = try await body(page)
        return wantsMore
      }
      if !wantsMore { return false }
    }
    return true
  }

  private func downloadTargets(of job: AsyncJob) async throws -> [JSONValue] {
    guard let targetExtractor else { return [""] }
    guard let targets else {
      guard let response = job.polled else { return [] }
      return try await values(targetExtractor, in: response)
    }
    let slice = StreamSlice(partition: [:], cursorSlice: [:], extraFields: [:], bindings: [try polled(job)], job: nil)
    let response = try await send(targets, slice, checked: decoder.checkEnd)
    guard response.isSuccess else {
      throw refusal("The API did not say where a job's records are: it answered with status \(response.status)", response)
    }
    return try await values(targetExtractor, in: response)
  }

  // MARK: Requests

  /// - Parameter check: see ``HTTPRequest/checkEnd``.
  private func send(
    _ requester: any Requester, _ slice: StreamSlice, checked check: (@Sendable (HTTPResponse) async throws -> Void)? = nil
  ) async throws -> HTTPResponse {
    var parts = RequestParts()
    parts.checkEnd = check
    return try await requester.send(slice, token: nil, path: nil, adding: parts)
  }

  private func values(_ extractor: any RecordExtractor, in response: HTTPResponse) async throws -> [JSONValue] {
    var values: [JSONValue] = []
    if let extractor = extractor.ofResponses {
      try await extractor.records(of: response, slice: .whole) { part in
        values += part.items.compactMap(\.value)
        return true
      }
      return values
    }
    var bodies: [JSONView] = []
    try await decoder.decode(response) { batch in
      batch.forEach { bodies.append($0) }
      return true
    }
    for body in bodies { values += try await extractor.items(in: body).compactMap(\.value) }
    return values
  }

  /// The slice of requests about a job.
  private func slice(of job: AsyncJob) throws -> StreamSlice {
    StreamSlice(
      partition: job.slice.partition, cursorSlice: job.slice.cursorSlice, extraFields: job.slice.extraFields,
      bindings: [try created(job)], job: nil)
  }

  private func created(_ job: AsyncJob) throws -> (symbol: Symbol, value: Value) {
    guard let response = job.creation else {
      throw ConnectorError(.system, "A job that was not created has no answer of the API")
    }
    return (.creationResponse, .mapping(try JobResponseMapping(response, secrets: secrets)))
  }

  private func polled(_ job: AsyncJob) throws -> (symbol: Symbol, value: Value) {
    guard let response = job.polled else { throw ConnectorError(.system, "A job that is not done has no records") }
    return (.pollingResponse, .mapping(try JobResponseMapping(response, secrets: secrets)))
  }
}

extension Symbol {
  fileprivate static let creationResponse = Symbol("creation_response")
  fileprivate static let pollingResponse = Symbol("polling_response")
}
