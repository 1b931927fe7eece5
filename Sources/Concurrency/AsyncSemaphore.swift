import Synchronization

/// Decides how much of something is given out at a time. A plain value: ``AsyncSemaphore`` is its driver.
package protocol AdmissionRule: Sendable {
  /// What is asked for, and given back later.
  associatedtype Claim: Sendable
  /// Gives out what is asked for, if there is room.
  mutating func admit(_ claim: Claim) -> Bool
  mutating func release(_ claim: Claim)
  /// Whether there is not going to be room for what was not admitted.
  func isHopeless(_ claim: Claim) -> Bool
}

extension AdmissionRule {
  package func isHopeless(_ claim: Claim) -> Bool { false }
}

/// There is not going to be room for what a task waits for.
package struct AdmissionRefused: Error {}

/// Lets tasks through as a rule admits them: those that have to wait in the order of their arrival, but for those whose turn is not
/// there yet. A task that is cancelled stops waiting.
package final class AsyncSemaphore<Rule: AdmissionRule>: Sendable {
  private struct Waiting {
    let ticket: UInt64
    let claim: Rule.Claim
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var rule: Rule
    var nextTicket: UInt64 = 0
    var waiting: [Waiting] = []

    /// Admits a claim, or says why not; nil if it has to wait.
    mutating func decision(_ claim: Rule.Claim) -> Result<Void, any Error>? {
      if rule.admit(claim) { return .success(()) }
      return rule.isHopeless(claim) ? .failure(AdmissionRefused()) : nil
    }

    /// Takes out those that need not wait any more.
    mutating func decided() -> [(waiting: Waiting, result: Result<Void, any Error>)] {
      var decided: [(Waiting, Result<Void, any Error>)] = []
      var place = 0
      while place < waiting.count {
        if let result = decision(waiting[place].claim) {
          decided.append((waiting.remove(at: place), result))
          place = 0
        } else {
          place += 1
        }
      }
      return decided
    }
  }

  private let state: Mutex<State>

  package init(_ rule: Rule) { state = Mutex(State(rule: rule)) }

  /// Runs `body` as soon as there is room for `claim`.
  /// - Throws: what `body` throws, or `CancellationError` where the task is cancelled while it waits.
  package func withPermit<Result>(_ claim: Rule.Claim, _ body: () async throws -> Result) async throws -> Result {
    try await wait(for: claim)
    defer { signal(claim) }
    return try await body()
  }

  /// Takes what is claimed if there is room at once.
  package func take(_ claim: Rule.Claim) -> Bool { update { $0.admit(claim) } }

  /// Waits until there is room; ``signal(_:)`` gives it back.
  /// - Throws: `CancellationError`; ``AdmissionRefused`` where the rule calls that hopeless.
  package func wait(for claim: Rule.Claim) async throws {
    try Task.checkCancellation()
    let ticket: UInt64? = try state.withLock { state in
      if let result = state.decision(claim) {
        try result.get()
        return nil
      }
      state.nextTicket += 1
      return state.nextTicket
    }
    guard let ticket else { return }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        // Decided under the lock, resumed outside it.
        let waiting = Waiting(ticket: ticket, claim: claim, continuation: continuation)
        let decided = state.withLock { state in
          if Task.isCancelled { return [(waiting, Result<Void, any Error>.failure(CancellationError()))] }
          state.waiting.append(waiting)
          // That this one waits may make it hopeless for others.
          return state.decided()
        }
        for (waiter, result) in decided { waiter.continuation.resume(with: result) }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0) }
      }
      waiter?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Gives back what was claimed.
  package func signal(_ claim: Rule.Claim) { update { $0.release(claim) } }

  /// Changes the rule, and lets in whom it admits then.
  package func update<Result>(_ change: (inout Rule) -> sending Result) -> sending Result {
    let (result, decided) = state.withLock { state in
      let result = change(&state.rule)
      return (result, state.waiting.isEmpty ? [] : state.decided())
    }
    for (waiter, result) in decided { waiter.continuation.resume(with: result) }
    return result
  }
}

/// So many at a time.
package struct Permits: AdmissionRule {
  package private(set) var free: Int

  package init(free: Int) { self.free = free }

  package mutating func admit(_ claim: Void) -> Bool {
    guard free > 0 else { return false }
    free -= 1
    return true
  }

  package mutating func release(_ claim: Void) { free += 1 }
}

/// Lets one task at a time through.
package typealias AsyncMutex = AsyncSemaphore<Permits>

extension AsyncSemaphore where Rule == Permits {
  package convenience init() { self.init(Permits(free: 1)) }

  /// Runs `body` while no other task is inside.
  package func pass<Result>(_ body: () async throws -> Result) async throws -> Result { try await withPermit((), body) }
}
