import AirbyteProtocol
import Concurrency
import ConnectorModel
import Essentials
import JSON
import Secrets

/// A run that is recorded or replayed: the clock, waits, chance and transport that take the place of the machine's.
///
/// The tasks of such a run take turns on one thread, and what comes from outside is let in in an order that is written down. So a
/// replay does all that the recorded run did in the same order, with the same readings of the clock.
package final class TrafficRun: Sendable {
  /// What is done with the traffic of a run.
  package enum Plan: Sendable {
    case record(TrafficRecorder.Settings)
    case replay(path: String, ReplayMode)

    /// Whether everything goes to the network, and into a recording.
    package var isRecording: Bool { if case .record = self { true } else { false } }
  }

  /// Time, chance and network of a run.
  package struct Surroundings: Sendable {
    package var now: @Sendable () -> Int64
    package var sleep: @Sendable (Double) async throws -> Void
    package var random: @Sendable () -> Double
    package var transport: any Transport

    package init(
      now: @escaping @Sendable () -> Int64, sleep: @escaping @Sendable (Double) async throws -> Void,
      random: @escaping @Sendable () -> Double, transport: any Transport
    ) {
      self.now = now
      self.sleep = sleep
      self.random = random
      self.transport = transport
    }
  }

  /// What the run has instead of those that it would have otherwise.
  package let surroundings: Surroundings
  private let executor: OrderedExecutor
  /// Nil where nothing is recorded.
  package let recorder: TrafficRecorder?
  private let completion: @Sendable () throws(ConnectorError) -> Void

  /// - Parameters:
  ///   - command: what is run, as in `read`.
  ///   - mask: learns the secrets of the run, and hides them in the recording.
  /// - Throws: ``ConnectorError`` if the recording cannot be read or written.
  package convenience init(
    _ plan: Plan, command: String, in surroundings: Surroundings, hiding mask: SecretMask
  ) throws(ConnectorError) {
    switch plan {
    case .record(let settings): try self.init(recording: settings, command, surroundings, mask)
    case .replay(let path, let mode):
      let isThere = FileManager.default.fileExists(atPath: path)
      switch mode {
      case .none, .newEpisodes: try self.init(replaying: path, mode, command, surroundings, mask)
      case .once where isThere: try self.init(replaying: path, mode, command, surroundings, mask)
      case .once, .all: try self.init(recording: TrafficRecorder.Settings(path: path), command, surroundings, mask)
      }
    }
  }

  /// A run with a plan; nil without one.
  package static func make(
    _ plan: Plan?, command: String, in surroundings: Surroundings, hiding mask: SecretMask
  ) throws(ConnectorError) -> TrafficRun? {
    guard let plan else { return nil }
    return try TrafficRun(plan, command: command, in: surroundings, hiding: mask)
  }

  private init(
    recording settings: TrafficRecorder.Settings, _ command: String, _ surroundings: Surroundings, _ mask: SecretMask
  ) throws(ConnectorError) {
    var settings = settings
    settings.command = command
    let start = surroundings.now()
    let seed = UInt64.random(in: .min ... .max)
    let recorder = try TrafficRecorder(settings, clock: start, seed: seed, mask: mask)
    let executor = try Self.executor(start, 0) { recorder.write() }
    let chance = SeededChance(seed: seed)
    self.recorder = recorder
    self.executor = executor
    let sleep: @Sendable (Double) async throws -> Void = { seconds in
      let number = recorder.waitBegins()
      do {
        try await surroundings.sleep(seconds)
      } catch {
        await executor.admitGivenUp()
        recorder.waitEnded(number, at: nil)
        throw error
      }
      let time = surroundings.now()
      do {
        let moment = try await executor.waitAdmission { OrderedExecutor.Moment(time: max($0.time, time), order: 0) }
        recorder.waitEnded(number, at: moment)
      } catch {
        recorder.waitEnded(number, at: nil)
        throw error
      }
    }
    self.surroundings = Surroundings(
      now: { executor.time }, sleep: sleep, random: { chance.next() },
      transport: RecordingTransport(
        transport: surroundings.transport, executor: executor, recorder: recorder, now: surroundings.now))
    completion = { () throws(ConnectorError) in try recorder.finish() }
  }

  private init(
    replaying path: String, _ mode: ReplayMode, _ command: String, _ surroundings: Surroundings, _ mask: SecretMask
  ) throws(ConnectorError) {
    let file = try HARFile(path: path)
    let exchanges = try RecordedExchanges(file)
    let start = file.log[RecordingNotes.clock]?.int.map { Int64($0) } ?? exchanges.start ?? surroundings.now()
    let chance = SeededChance(seed: file.log[RecordingNotes.seed]?.string.flatMap { UInt64($0) } ?? 0)
    var recorder: TrafficRecorder?
    // The recording is replaced when the run is over.
    let longer = path.hasSuffix(".gz") ? "\(path).longer.gz" : "\(path).longer"
    if mode == .newEpisodes {
      var settings = TrafficRecorder.Settings(path: longer)
      settings.command = command
      settings.earlier = file
      recorder = try TrafficRecorder(settings, clock: start, seed: UInt64.random(in: .min ... .max), mask: mask)
    }
    let executor = try Self.executor(start, file.count) { [recorder] in recorder?.write() }
    self.recorder = recorder
    self.executor = executor
    let waits = WaitNumbers()
    self.surroundings = Surroundings(
      now: { executor.time },
      sleep: { seconds in
        let number = waits.next()
        _ = try await executor.waitAdmission { next in
          exchanges.waits[number] ?? OrderedExecutor.Moment(time: Self.time(seconds, after: next.time), order: .max - 1)
        }
      }, random: { chance.next() },
      transport: ReplayTransport(
        exchanges: exchanges, executor: executor, secrets: mask,
        live: recorder.map {
          RecordingTransport(transport: surroundings.transport, executor: executor, recorder: $0, now: surroundings.now)
        }))
    completion = { [recorder] () throws(ConnectorError) in
      guard let recorder else { return }
      try recorder.finish()
      guard rename(longer, path) == 0 else {
        throw ConnectorError(.system, "The recording \(path) could not be replaced: \(String(cString: strerror(errno)))")
      }
    }
  }

  /// Runs `body`, and completes the recording however it ends.
  /// - Throws: what `body` throws, or ``ConnectorError`` if the recording could not be completed.
  package func run<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
    let outcome: Swift.Result<Result, any Error>
    do { outcome = .success(try await executor.run(body)) } catch { outcome = .failure(error) }
    // An error of the run itself tells more.
    do throws(ConnectorError) { try completion() } catch { if case .success = outcome { throw error } }
    return try outcome.get()
  }

  private static func executor(
    _ time: Int64, _ count: Int, _ onSettled: @escaping @Sendable () -> Void
  ) throws(ConnectorError) -> OrderedExecutor {
    guard let executor = OrderedExecutor(time: time, count: count, onSettled: onSettled) else {
      throw ConnectorError(.system, "A run cannot be recorded or replayed here: the system gives no further thread")
    }
    return executor
  }

  /// As short as a wait may be, so that whoever asks again and again comes to an end.
  private static let shortestWait = 0.001

  /// When a wait of some seconds ends.
  static func time(_ seconds: Double, after time: Int64) -> Int64 {
    time.addingReportingOverflow(Int64(min(max(seconds, shortestWait), 1e9) * 1_000_000)).partialValue
  }
}
