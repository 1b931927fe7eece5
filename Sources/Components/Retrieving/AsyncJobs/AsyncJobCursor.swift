import AirbyteProtocol
import Concurrency
import ConnectorModel
import JSON

/// A stream's cursor whose slices are given out when the API's jobs for them are done.
final class AsyncJobCursor: Cursor {
  private let inner: any Cursor
  private let rules: AsyncJobOrchestrator.Rules

  init(_ inner: any Cursor, _ rules: AsyncJobOrchestrator.Rules) {
    self.inner = inner
    self.rules = rules
  }

  func slices(_ body: (StreamSlice) async throws -> Void) async throws {
    // As in the reference, that is noticed when the stream is read.
    if let wait = rules.retryWait, wait <= 0 {
      throw ConnectorError(.system, "`failed_retry_wait_time_in_seconds` should give at least 1, but gives \(wait / 1_000_000)")
    }
    let slices = Channel<StreamSlice, any Error>()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [inner, limit = rules.runtime.trial?.slices] in
        do {
          try await FirstSlices(of: inner, upTo: limit).forEach { slice in
            try Task.checkCancellation()
            await slices.send(slice)
          }
          slices.finish()
        } catch {
          slices.fail(error)
        }
      }
      var orchestrator = AsyncJobOrchestrator(rules, source: AsyncJobOrchestrator.Source(slices))
      try await orchestrator.run { job in
        // As in the reference: the extra fields of the slice are seen by the job's requests only.
        try await body(
          StreamSlice(partition: job.slice.partition, cursorSlice: job.slice.cursorSlice, extraFields: [:], job: job))
      }
    }
  }

  var cursorField: String? { inner.cursorField }
  func observer(for slice: StreamSlice) -> any CursorObserver { inner.observer(for: slice) }
  func close(_ slice: StreamSlice, after observation: Observation) throws -> JSONObject? {
    try inner.close(slice, after: observation)
  }
  func finish() throws -> JSONObject { try inner.finish() }
  var state: JSONObject { get throws { try inner.state } }
  func bounds(for slice: StreamSlice) -> (any RecordBounds)? { inner.bounds(for: slice) }
  func requestParts(for slice: StreamSlice, token: PageToken?) async throws -> RequestParts {
    try await inner.requestParts(for: slice, token: token)
  }
}
