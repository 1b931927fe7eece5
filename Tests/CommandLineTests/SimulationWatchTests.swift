import Authoring
import Synchronization
import Testing

@testable import Commands

/// What `plan --simulate` says while it computes.
@Suite struct SimulationWatchTests {
  private static func progress(_ change: (inout SimulationProgress) -> Void) -> SimulationProgress {
    var progress = SimulationProgress()
    change(&progress)
    return progress
  }

  @Test(arguments: [
    (progress { $0.counted = 12_345 }, "Counting slices: 12 345"),
    (
      progress {
        ($0.streams, $0.endedStreams, $0.slices, $0.expectedSlices, $0.simulated, $0.done) = (
          3, 1, 1_500, 30_000, 48_000_000, 0.057
        )
      }, "Simulating: 5 %, 1 of 3 streams, 1 500 of 30 000 slices, 48 s simulated"
    ),
    (
      progress { ($0.run, $0.runs, $0.streams, $0.slices) = (2, 4, 1, 1) },
      "Simulating (2 of 4): 0 of 1 stream, 1 slice, 0 ms simulated"
    ),
  ])
  func lines(progress: SimulationProgress, text: String) { #expect(SimulationWatch.text(progress) == text) }

  @Test(arguments: [
    (1.2, "1 second"), (61, "61 seconds"), (168, "3 minutes"), (7_000, "2 hours"), (170_000, "47 hours"), (200_000, "2 days"),
  ])
  func timesInWords(seconds: Double, text: String) { #expect(SimulationWatch.words(seconds) == text) }

  /// The first second of 200 is known, and there are two runs.
  @Test func whatTakesLongIsSaidOnce() {
    let clock = Mutex<Int64>(0)
    let said = Mutex<[String]>([])
    let line = ProgressLine(Terminal(.never, environment: ["TERM": "dumb"]))
    let watch = SimulationWatch(line, now: { clock.withLock { $0 } }, tell: { text in said.withLock { $0.append(text) } })
    for (second, done) in [(0, 0.0), (0.5, 0.0025), (1, 0.005), (2, 0.01)] {
      clock.withLock { $0 = Int64(second * 1_000_000) }
      watch.see(
        Self.progress { progress in
          (progress.runs, progress.streams, progress.expectedSlices) = (2, 1, 1_000_000)
          progress.done = done
        })
    }
    #expect(
      said.withLock { $0 } == [
        "The simulation will take about 7 minutes, as it goes through 1 000 000 slices. Fewer --records and --streams take less."
      ])
  }

  @Test func whatIsShortIsNotWorthAWord() {
    let clock = Mutex<Int64>(0)
    let said = Mutex<[String]>([])
    let watch = SimulationWatch(
      ProgressLine(Terminal(.never, environment: [:])), now: { clock.withLock { $0 } },
      tell: { text in said.withLock { $0.append(text) } })
    for second in 0..<5 {
      clock.withLock { $0 = Int64(second) * 1_000_000 }
      watch.see(Self.progress { $0.done = Double(second) / 5 })
    }
    #expect(said.withLock { $0.isEmpty })
  }
}
