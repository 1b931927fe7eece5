import Synchronization

/// How far a simulation is.
package struct SimulationProgress: Sendable, Equatable {
  /// Which run of the simulation this is, from 1, and how many there are: alternatives and parts are runs of their own.
  package var run = 1
  package var runs = 1
  /// The slices that were counted so far; nil once they are read.
  package var counted: Int?
  package var streams = 0
  package var endedStreams = 0
  package var slices = 0
  /// How many slices there will be; 0 where that is not known.
  package var expectedSlices = 0
  /// How much time has passed on the virtual clock, in microseconds.
  package var simulated: Int64 = 0
  /// The share of this run that is done, from 0 to 1; nil where it is not known.
  package var done: Double?

  package init() {}
}

/// Says how far a simulation is while it computes: now and then, so that it costs next to nothing.
package final class SimulationMeter: Sendable {
  /// What the run that is being measured reads.
  struct Run: Sendable {
    var streams: [String]
    /// How many slices the streams have, as far as they were counted.
    var slices: [String: Double]
    /// Whether these are the slices that are read.
    var isWhole = true
    /// The moment on the virtual clock at which it began, in microseconds.
    var begun: Int64
    var now: @Sendable () -> Int64
  }

  private struct State: Sendable {
    var run: Run?
    var number = 0
    var runs = 1
  }

  /// One page of so many is looked at.
  private static let step = 64

  private let pages = Atomic<Int>(0)
  private let state = Mutex(State())
  private let watcher: @Sendable (SimulationProgress) -> Void

  /// - Parameter watcher: is called on the thread that computes.
  package init(_ watcher: @escaping @Sendable (SimulationProgress) -> Void) { self.watcher = watcher }

  /// So many runs follow the counting of slices.
  func expect(runs: Int) { state.withLock { $0.runs = runs } }

  func begin(_ run: Run) {
    state.withLock { state in
      state.run = run
      state.number += 1
    }
  }

  /// As many slices were counted, all in all.
  func counted(_ slices: Int) {
    guard slices % Self.step == 0 else { return }
    var progress = SimulationProgress()
    progress.counted = slices
    watcher(progress)
  }

  /// A page was read.
  func read(in simulation: SimulationState) {
    guard pages.add(1, ordering: .relaxed).newValue % Self.step == 0 else { return }
    let known = state.withLock { $0 }
    guard let run = known.run else { return }
    var progress = SimulationProgress()
    (progress.run, progress.runs) = (known.number, max(known.number, known.runs))
    progress.simulated = run.now() - run.begun
    progress.streams = run.streams.count
    let measures = simulation.measures
    // A slice has a page at least, and records come by pages.
    var (pages, expected) = (0.0, 0.0)
    for name in run.streams {
      let measure = measures[name] ?? SimulationState.Measure()
      if measure.ended != nil { progress.endedStreams += 1 }
      progress.slices += measure.slices
      let slices = max(run.slices[name] ?? 1, 1)
      if run.isWhole { progress.expectedSlices += Int(slices.rounded()) }
      let size = measure.pages > 0 && measure.records > 0 ? Double(measure.records) / Double(measure.pages) : nil
      let ofRecords =
        Double(simulation.settings.records(of: name)) / (size ?? Double(max(simulation.settings.pageSize, 1)))
      pages += Double(measure.pages)
      expected += measure.ended == nil ? max(slices, ofRecords, Double(measure.pages)) : Double(measure.pages)
    }
    if run.isWhole, expected > 0 { progress.done = min(pages / expected, 1) }
    watcher(progress)
  }
}
