import JSON
import Synchronization

/// A request that a mock knows, and its answer.
struct Stub: Sendable {
  var id: String
  /// Higher ones are asked first.
  var priority: Int
  let condition: RequestCondition
  let answer: MockAnswer
  /// How often it still answers; nil for always.
  var remaining: Int?
  /// Until when it answers, in microseconds since the epoch; nil for always.
  var end: Int64?
  var scenario: Scenario?
  /// As it was written.
  var source: JSONValue

  /// Answers that depend on what was asked before.
  struct Scenario: Sendable {
    let name: String
    let required: String?
    let next: String?
  }
}

/// The stubs of a mock, and what was asked of it.
package final class StubBoard: MockAPI {
  private struct State {
    var stubs: [Stub] = []
    var scenarios: [String: String] = [:]
    var log: [Entry] = []
  }

  /// A request that was answered.
  struct Entry: Sendable {
    let request: MockRequest
    let answer: MockAnswer?
  }

  /// So many requests are remembered.
  private static let longestLog = 10_000
  private let state = Mutex(State())
  let now: @Sendable () -> Int64

  /// - Parameter now: the clock, in microseconds since the epoch.
  package init(now: @escaping @Sendable () -> Int64) { self.now = now }

  /// Adds stubs; one with the id of another replaces it.
  func add(_ stubs: [Stub]) {
    state.withLock { state in
      for stub in stubs {
        if let place = state.stubs.firstIndex(where: { $0.id == stub.id }) {
          state.stubs[place] = stub
        } else {
          state.stubs.append(stub)
        }
      }
    }
  }

  package func answer(_ request: MockRequest) async -> MockAnswer? {
    let now = now()
    return state.withLock { state in
      var best: Int?
      for (place, stub) in state.stubs.enumerated() {
        if let best, state.stubs[best].priority >= stub.priority { continue }
        guard stub.remaining != 0, stub.end.map({ now < $0 }) ?? true, Self.isReady(stub, state.scenarios) else { continue }
        if stub.condition.holds(for: request) { best = place }
      }
      var answer: MockAnswer?
      if let best {
        let stub = state.stubs[best]
        answer = stub.answer
        if let remaining = stub.remaining { state.stubs[best].remaining = remaining - 1 }
        if let scenario = stub.scenario, let next = scenario.next { state.scenarios[scenario.name] = next }
      }
      if state.log.count == Self.longestLog { state.log.removeFirst(Self.longestLog / 10) }
      state.log.append(Entry(request: request, answer: answer))
      return answer
    }
  }

  private static func isReady(_ stub: Stub, _ scenarios: [String: String]) -> Bool {
    guard let scenario = stub.scenario, let required = scenario.required else { return true }
    return scenarios[scenario.name, default: "Started"] == required
  }

  // MARK: Control

  var log: [Entry] { state.withLock { $0.log } }

  /// The stubs that still answer.
  var active: [Stub] {
    let now = now()
    return state.withLock { $0.stubs.filter { $0.remaining != 0 && ($0.end.map { now < $0 } ?? true) } }
  }

  func clearLog(where isCleared: (MockRequest) -> Bool) { state.withLock { $0.log.removeAll { isCleared($0.request) } } }

  func clearStubs(where isCleared: (Stub) -> Bool) { state.withLock { $0.stubs.removeAll(where: isCleared) } }

  func reset() { state.withLock { $0 = State() } }
}
