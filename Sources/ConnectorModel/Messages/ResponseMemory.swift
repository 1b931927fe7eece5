import Concurrency
import Synchronization

/// The memory of the bodies that are received completely and are large: a limit for all of them together.
///
/// They grow side by side up to a quarter of it. From there on one of them grows alone, and the others wait until it is there. It may
/// itself have to wait until pages that other partitions received before are done; if there are none of these, it fails.
package final class ResponseMemory: Sendable {
  /// A body that grows.
  package struct Claim: Sendable {
    let owner: ObjectIdentifier
    /// What holds the body when it was received; nil if that may itself wait for other responses.
    let holder: ObjectIdentifier?
    /// Bytes.
    let growth: Int
  }

  package struct Rule: AdmissionRule {
    package let total: Int
    /// The bytes of all bodies, those that are received still among them.
    package var used = 0
    /// The bytes of received bodies by what holds them.
    package var held: [ObjectIdentifier: Int] = [:]
    /// What is going to hold the bodies that are received still.
    var growing: [ObjectIdentifier: ObjectIdentifier?] = [:]
    /// The body that may grow beyond the part that is for all.
    package var first: ObjectIdentifier?

    package mutating func admit(_ claim: Claim) -> Bool {
      let isCommon = used + claim.growth <= total / 4
      guard isCommon || (first == nil || first == claim.owner) && used + claim.growth <= total else { return false }
      if !isCommon { first = claim.owner }
      used += claim.growth
      growing[claim.owner] = .some(claim.holder)
      return true
    }

    /// A body does not give back what it grew by before it goes.
    package mutating func release(_ claim: Claim) {}

    /// Whether what a body waits for will not come.
    package func isHopeless(_ claim: Claim) -> Bool {
      guard first == nil || first == claim.owner else { return false }
      // Whatever receives a body may wait itself.
      return !held.keys.contains { holder in holder != claim.holder && !growing.values.contains(holder) }
    }
  }

  /// Bodies up to this size are free.
  package static let small = 2 << 20
  fileprivate static let step = 4 << 20

  package let limit: Limit
  /// The size of a body that is needed completely.
  package let page: Limit
  /// What large records are made in.
  package let workshop: RecordWorkshop
  fileprivate let semaphore: AsyncSemaphore<Rule>

  package init(_ limit: Limit, page: Limit = TransferLimits().pageBytes) {
    self.limit = limit
    self.page = page
    workshop = RecordWorkshop(limit)
    semaphore = AsyncSemaphore(Rule(total: limit.value))
  }

  /// Bytes of large bodies.
  package var used: Int { semaphore.update { $0.used } }
}

/// What one body takes of the ``ResponseMemory``; it is given back when the body is released.
package final class ResponseRoom: Sendable {
  /// What holds the responses that a task receives, until it is done with them, whatever other tasks do; nil if it may hold them
  /// while others are received that they bring about, as those of parent streams are.
  package final class Holder: Sendable {
    package init() {}
  }
  @TaskLocal package static var holder: Holder?

  private struct State {
    var bytes = 0
    var isReceived = false
  }

  private let memory: ResponseMemory
  private let holder = ResponseRoom.holder
  private let state = Mutex(State())

  package init(_ memory: ResponseMemory) { self.memory = memory }

  private var holderID: ObjectIdentifier? { holder.map { ObjectIdentifier($0) } }

  deinit {
    let state = state.withLock { $0 }
    guard state.bytes > 0 else { return }
    let (owner, holder) = (ObjectIdentifier(self), holderID)
    memory.semaphore.update { rule in
      rule.used -= state.bytes
      if !state.isReceived { rule.forget(owner) } else if let holder { rule.hold(-state.bytes, by: holder) }
    }
  }

  /// Takes what a body of `size` bytes needs, if there is enough now.
  package func grow(to size: Int) -> Bool {
    guard let claim = claim(size) else { return true }
    guard memory.semaphore.take(claim) else { return false }
    state.withLock { $0.bytes += claim.growth }
    return true
  }

  /// Waits for what a body of `size` bytes needs.
  /// - Throws: `CancellationError`; ``AdmissionRefused`` where it is not going to be there.
  package func waitToGrow(to size: Int) async throws {
    guard let claim = claim(size) else { return }
    try await memory.semaphore.wait(for: claim)
    state.withLock { $0.bytes += claim.growth }
  }

  /// The body was received: it grows no more.
  package func close() {
    let bytes = state.withLock { state in
      state.isReceived = true
      return state.bytes
    }
    guard bytes > 0 else { return }
    let (owner, holder) = (ObjectIdentifier(self), holderID)
    memory.semaphore.update { rule in
      rule.forget(owner)
      if let holder { rule.hold(bytes, by: holder) }
    }
  }

  private func claim(_ size: Int) -> ResponseMemory.Claim? {
    let bytes = state.withLock { $0.bytes }
    let missing = size - ResponseMemory.small - bytes
    guard missing > 0 else { return nil }
    // In steps, so that the lock is taken rarely, but not beyond the limit for a step's sake.
    let step = min(ResponseMemory.step, max(1, memory.limit.value / 16))
    let growth = max(missing, min((missing + step - 1) / step * step, memory.limit.value - bytes))
    return ResponseMemory.Claim(owner: ObjectIdentifier(self), holder: holderID, growth: growth)
  }
}

extension ResponseMemory.Rule {
  fileprivate mutating func forget(_ owner: ObjectIdentifier) {
    growing[owner] = nil
    if first == owner { first = nil }
  }

  fileprivate mutating func hold(_ bytes: Int, by holder: ObjectIdentifier) {
    let rest = held[holder, default: 0] + bytes
    held[holder] = rest > 0 ? rest : nil
  }
}

extension TransportError {
  /// - Parameter size: what the response takes so far.
  package static func tooMuchMemory(_ place: String, _ size: Int, _ limit: Limit) -> TransportError {
    TransportError(
      size > limit.value ? .tooLarge : .other,
      "The response of \(place) takes more memory, with its index and its records, than the \(limit.value) bytes that all large "
        + "responses may take at a time. \(limit.variable) changes this")
  }
}
