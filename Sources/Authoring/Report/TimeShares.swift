import Synchronization

/// Where the time of a read goes, as it passes: what the read was doing at each moment.
final class TimeShares: Sendable {
  /// Seconds.
  struct Seconds: Sendable, Equatable {
    /// A request was under way.
    var network = 0.0
    /// No request was under way, and something waited because the API or a budget demanded it.
    var waiting = 0.0
    /// Neither.
    var processing = 0.0

    var all: Double { network + waiting + processing }
  }

  enum Activity: Sendable { case request, wait }

  private struct State {
    var last: Int64
    var requests = 0
    var waits = 0
    var seconds = Seconds()
  }

  private let now: @Sendable () -> Int64
  private let state: Mutex<State>

  /// - Parameter now: a clock in microseconds.
  init(now: @escaping @Sendable () -> Int64) {
    self.now = now
    state = Mutex(State(last: now()))
  }

  func begin(_ activity: Activity) { change(activity, by: 1) }
  func end(_ activity: Activity) { change(activity, by: -1) }

  private func change(_ activity: Activity, by step: Int) {
    state.withLock { state in
      pass(&state)
      switch activity {
      case .request: state.requests += step
      case .wait: state.waits += step
      }
    }
  }

  private func pass(_ state: inout State) {
    let time = now()
    let seconds = Double(max(0, time - state.last)) / 1_000_000
    state.last = max(time, state.last)
    if state.requests > 0 {
      state.seconds.network += seconds
    } else if state.waits > 0 {
      state.seconds.waiting += seconds
    } else {
      state.seconds.processing += seconds
    }
  }

  /// What passed until now.
  var seconds: Seconds {
    state.withLock { state in
      pass(&state)
      return state.seconds
    }
  }
}
