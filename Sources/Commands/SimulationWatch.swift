import Authoring
import Synchronization

/// Says how a simulation goes: on a terminal all the time, and anywhere how long it is going to take where that is long.
final class SimulationWatch: Sendable {
  private struct State {
    var shown: Int64 = 0
    /// When the slices of the first run began to be read, in microseconds.
    var reading: Int64?
    var hasSaid = false
  }

  /// The shortest time between two pictures, in microseconds.
  private static let frame: Int64 = 100_000
  /// It is known from so much of a run how long the whole takes, in microseconds.
  private static let sample: Int64 = 1_000_000
  /// So many seconds are long.
  private static let long = 20.0

  private let line: ProgressLine
  private let now: @Sendable () -> Int64
  private let tell: @Sendable (String) -> Void
  private let state = Mutex(State())

  /// - Parameters:
  ///   - now: the machine's clock, in microseconds.
  ///   - tell: writes a sentence that stays.
  init(
    _ line: ProgressLine, now: @escaping @Sendable () -> Int64,
    tell: @escaping @Sendable (String) -> Void = { StandardOutput.tell($0) }
  ) {
    self.line = line
    self.now = now
    self.tell = tell
  }

  func see(_ progress: SimulationProgress) {
    let time = now()
    let (isDue, estimate) = state.withLock { state -> (Bool, Double?) in
      if progress.counted == nil, state.reading == nil { state.reading = time }
      var estimate: Double?
      if !state.hasSaid, let begun = state.reading, let done = progress.done, done > 0, time - begun >= Self.sample {
        // Each of the runs takes about as long as the first one.
        let whole = Double(time - begun) / done * Double(progress.runs)
        estimate = (whole - Double(time - begun)) / 1_000_000
        state.hasSaid = true
      }
      guard time - state.shown >= Self.frame else { return (false, estimate) }
      state.shown = time
      return (true, estimate)
    }
    if let estimate, estimate >= Self.long {
      line.clear()
      tell(
        "The simulation will take about \(Self.words(estimate)), as it goes through \(Self.slices(progress)). Fewer --records and "
          + "--streams take less.")
    }
    if isDue { line.show(Self.text(progress)) }
  }

  /// What a line says of it.
  static func text(_ progress: SimulationProgress) -> String {
    if let counted = progress.counted { return "Counting slices: \(number(counted))" }
    // What matters most comes first, as a narrow terminal cuts the rest off.
    var parts = progress.done.map { ["\(Int($0 * 100)) %"] } ?? []
    parts.append("\(progress.endedStreams) of \(progress.streams) \(progress.streams == 1 ? "stream" : "streams")")
    parts.append(slices(progress, isPartial: true))
    parts.append("\(SimulationReport.time(progress.simulated)) simulated")
    let run = progress.runs > 1 ? "Simulating (\(progress.run) of \(progress.runs))" : "Simulating"
    return "\(run): \(parts.joined(separator: ", "))"
  }

  private static func slices(_ progress: SimulationProgress, isPartial: Bool = false) -> String {
    let whole = progress.expectedSlices
    if isPartial, whole == 0 { return SimulationReport.count(progress.slices, "slice") }
    return (isPartial ? "\(number(progress.slices)) of " : "") + SimulationReport.count(whole, "slice")
  }

  private static func number(_ number: Int) -> String { SimulationReport.number(number) }

  /// A time as people say it.
  static func words(_ seconds: Double) -> String {
    func count(_ number: Double, _ unit: String) -> String {
      let number = Int(number.rounded())
      return "\(number) \(unit)\(number == 1 ? "" : "s")"
    }
    return switch seconds {
    case ..<90: count(seconds, "second")
    case ..<5_400: count(seconds / 60, "minute")
    case ..<172_800: count(seconds / 3_600, "hour")
    default: count(seconds / 86_400, "day")
    }
  }
}
