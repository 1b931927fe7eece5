import JSON
import Synchronization

/// The status of a job at the API.
package enum AsyncJobStatus: Sendable {
  case running, completed, failed, timedOut, skipped

  /// Whether the API does not change it any more.
  var isFinal: Bool { self != .running }
}

/// A job that the API was asked to do for one slice.
package final class AsyncJob: Sendable {
  private struct State {
    var status: AsyncJobStatus
    /// When the job began to run, and when it was seen to have ended; in microseconds since the epoch.
    var start: Int64
    var end: Int64?
    var retryAfter: Int64?
    var polled: HTTPResponse?
    /// Why it failed, in a sentence.
    var reason: String?
  }

  package let slice: StreamSlice
  /// The response that created the job; nil if it could not be created.
  package let creation: HTTPResponse?
  package let slot: any JobSlot
  /// Microseconds; nil if the job waits as long as it takes.
  private let timeout: Int64?
  private let state: Mutex<State>

  /// A job that the API has begun.
  package init(_ slice: StreamSlice, creation: HTTPResponse, slot: any JobSlot, timeout: Int64, now: Int64) {
    self.slice = slice
    self.creation = creation
    self.slot = slot
    self.timeout = timeout
    state = Mutex(State(status: .running, start: now))
  }

  /// A job that could not be created.
  package init(failed slice: StreamSlice, because reason: String, slot: any JobSlot, now: Int64) {
    self.slice = slice
    creation = nil
    self.slot = slot
    timeout = nil
    state = Mutex(State(status: .failed, start: now, end: now, reason: reason))
  }

  package func status(at now: Int64) -> AsyncJobStatus {
    state.withLock { state in
      if let timeout, (state.end ?? now) - state.start > timeout { return .timedOut }
      return state.status
    }
  }

  /// Takes in what the API says of the job.
  /// - Parameter reason: what it says about why the job failed.
  package func update(_ status: AsyncJobStatus, _ response: HTTPResponse, because reason: String?, at now: Int64) {
    state.withLock { state in
      if status.isFinal {
        if state.end == nil { state.end = now }
      } else if state.status.isFinal {
        (state.start, state.end) = (now, nil)
      }
      state.status = status
      state.reason = reason
      if status == .completed { state.polled = response }
    }
  }

  /// The response that said that the job is done.
  package var polled: HTTPResponse? { state.withLock { $0.polled } }

  /// Why the job failed, in a sentence; nil if that is not known.
  package var reason: String? { state.withLock { $0.reason } }

  /// Whether a failed job may be created again; the first call starts the wait.
  /// - Parameter wait: microseconds.
  package func mayBeRetried(at now: Int64, after wait: Int64) -> Bool {
    state.withLock { state in
      guard let retryAfter = state.retryAfter else {
        state.retryAfter = now + wait
        return false
      }
      return now >= retryAfter
    }
  }
}

/// A place that a job takes up among those that may be under way at the API, given back at the latest when it is forgotten.
package protocol JobSlot: AnyObject, Sendable {
  /// Gives the place back; more than once does no harm.
  func release()
}
