import Synchronization

/// What was found out of the nodes of an outline, so that no question is asked twice, and none that it leads back to.
final class SchemaMemory<Answer: Sendable>: Sendable {
  private struct State {
    var answers: [Int: Answer] = [:]
    /// The nodes that are being asked about.
    var open: Set<Int> = []
  }

  private let state = Mutex(State())
  /// Questions lead to others no further than this.
  private static var deepest: Int { 150 }

  /// The answer about a node.
  /// - Parameters:
  ///   - fallback: what counts where the question leads back to itself, or too far.
  ///   - find: finds the answer, where it is not known.
  func answer(about node: Int, or fallback: Answer, _ find: () -> Answer) -> Answer {
    let known = state.withLock { state -> Answer? in
      if let answer = state.answers[node] { return answer }
      guard state.open.count < Self.deepest, state.open.insert(node).inserted else { return fallback }
      return nil
    }
    if let known { return known }
    let answer = find()
    state.withLock { state in
      state.answers[node] = answer
      state.open.remove(node)
    }
    return answer
  }
}
