import DequeModule

/// Runs the tasks of a run one at a time, in the order in which they become ready. What comes from outside, such as answers and the
/// ends of waits, is let in only while none of them can go on, one after the other. So whatever the run does follows from the order of
/// what it is given.
package final class OrderedExecutor: TaskExecutor {
  /// The executor of the run that the task belongs to; nil for most runs.
  @TaskLocal package static var current: OrderedExecutor?

  /// When something is let in: at a time of the run's clock, and in which order where times are equal.
  package struct Moment: Comparable, Sendable {
    /// In microseconds since the epoch.
    package var time: Int64
    package var order: Int

    package init(time: Int64, order: Int) {
      self.time = time
      self.order = order
    }

    /// What is not let in by itself.
    package static let never = Moment(time: .max, order: .max)

    package static func < (left: Moment, right: Moment) -> Bool { (left.time, left.order) < (right.time, right.order) }
  }

  private struct Arrival: Sendable {
    let number: Int
    var moment: Moment
    var isGivenUp = false
    let continuation: CheckedContinuation<Moment?, Never>
  }

  /// A call that something beside the run answers, such as another process.
  private struct Call: Sendable {
    let number: Int
    var continuation: CheckedContinuation<Void, Never>?
  }

  private struct State {
    var jobs = Deque<UnownedJob>()
    /// In the order in which they were made: that of their answers.
    var calls = Deque<Call>()
    var arrivals: [Arrival] = []
    var lastNumber = 0
    /// How much was let in.
    var count: Int
    var givenUp = 0
    var time: Int64
    /// Whether nothing was let in since nothing could go on.
    var isSettled = true
    var isOver = false

    var next: Moment { Moment(time: time, order: count + 1) }

    mutating func arrive(_ moment: Moment, _ continuation: CheckedContinuation<Moment?, Never>, as number: Int = 0) {
      arrivals.append(Arrival(number: number, moment: moment, continuation: continuation))
    }

    mutating func giveUp(_ number: Int) {
      guard let place = arrivals.firstIndex(where: { $0.number == number && !$0.isGivenUp }) else { return }
      givenUp += 1
      arrivals[place].isGivenUp = true
      // Before all that is yet to come, and in the order in which it was done.
      arrivals[place].moment = Moment(time: .min, order: givenUp)
    }
  }

  private enum Work: Sendable {
    case job(UnownedJob)
    case answer(CheckedContinuation<Void, Never>)
    case arrival(Arrival, Moment)
    case settled
    case end
  }

  private let state: Monitor<State>
  private let onSettled: @Sendable () -> Void

  /// - Parameters:
  ///   - time: what the run's clock shows at first, in microseconds since the epoch.
  ///   - count: the number of what is let in before.
  ///   - onSettled: is called when all that could go on has, after something was let in.
  /// - Returns: nil if the system gives no thread.
  package init?(time: Int64, count: Int = 0, onSettled: @escaping @Sendable () -> Void) {
    state = Monitor(State(count: count, time: time))
    self.onSettled = onSettled
    guard SystemThread.start({ [state, onSettled] in Self.work(state, onSettled) { self.asUnownedTaskExecutor() } }) else { return nil }
  }

  /// The time of the latest that was let in.
  package var time: Int64 { state.change { $0.time } }

  /// Runs `body` and the tasks that it starts. This is done once.
  package func run<Result: Sendable>(_ body: @Sendable () async throws -> Result) async rethrows -> Result {
    defer { state.change { $0.isOver = true } }
    return try await withTaskExecutorPreference(self) {
      try await Self.$current.withValue(self) { try await body() }
    }
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.change { $0.jobs.append(job) }
  }

  /// Waits until what has arrived is let in.
  /// - Parameter moment: is given the time of the clock, and the number of what comes next.
  /// - Returns: when it was let in, and as which.
  package func admission(at moment: (Moment) -> Moment) async -> Moment {
    await withCheckedContinuation { continuation in
      state.change { $0.arrive(moment($0.next), continuation) }
    } ?? .never
  }

  /// The same for a wait, which ends at once where its task is cancelled.
  /// - Throws: `CancellationError`.
  package func waitAdmission(at moment: (Moment) -> Moment) async throws -> Moment {
    let number = state.change { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    let admitted = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        state.change { state in
          state.arrive(moment(state.next), continuation, as: number)
          if Task.isCancelled { state.giveUp(number) }
        }
      }
    } onCancel: {
      state.change { $0.giveUp(number) }
    }
    guard let admitted else { throw CancellationError() }
    return admitted
  }

  /// Lets in, before what else has arrived, that a wait was given up.
  package func admitGivenUp() async {
    _ = await withCheckedContinuation { continuation in
      state.change { state in
        state.lastNumber += 1
        state.arrive(.never, continuation, as: state.lastNumber)
        state.giveUp(state.lastNumber)
      }
    }
  }

  /// Waits for what something beside the run answers. Several such answers are let in in the order of the calls, and before all else.
  package func call<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
    let number = state.change { state in
      state.lastNumber += 1
      state.calls.append(Call(number: state.lastNumber))
      return state.lastNumber
    }
    let result: Swift.Result<Result, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    await withCheckedContinuation { continuation in
      state.change { state in
        if let place = state.calls.firstIndex(where: { $0.number == number }) { state.calls[place].continuation = continuation }
      }
    }
    return try result.get()
  }

  private static func work(
    _ state: Monitor<State>, _ onSettled: @Sendable () -> Void, _ executor: () -> UnownedTaskExecutor
  ) {
    while true {
      switch state.wait(next) {
      case .job(let job): job.runSynchronously(on: executor())
      case .answer(let continuation): continuation.resume()
      case .arrival(let arrival, let moment): arrival.continuation.resume(returning: arrival.isGivenUp ? nil : moment)
      case .settled: onSettled()
      case .end: return
      }
    }
  }

  private static func next(_ state: inout State) -> Monitor<State>.Step<Work> {
    if let job = state.jobs.popFirst() { return .done(.job(job)) }
    if let call = state.calls.first {
      guard let continuation = call.continuation else { return .wait(until: nil) }
      state.calls.removeFirst()
      return .done(.answer(continuation))
    }
    if !state.isSettled {
      state.isSettled = true
      return .done(.settled)
    }
    guard let place = state.arrivals.indices.min(by: { state.arrivals[$0].moment < state.arrivals[$1].moment }),
      state.arrivals[place].moment != .never
    else {
      return state.isOver ? .done(.end) : .wait(until: nil)
    }
    let arrival = state.arrivals.remove(at: place)
    state.time = max(state.time, arrival.moment.time)
    state.isSettled = false
    state.count += 1
    return .done(.arrival(arrival, Moment(time: state.time, order: state.count)))
  }
}
