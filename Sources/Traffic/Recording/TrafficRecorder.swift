import AirbyteProtocol
import Bytes
import Concurrency
import ConnectorModel
import Engine
import HTTP
import JSON
import Secrets
import Synchronization

/// Writes the requests of a run and what was answered to a HAR file, without secrets, with what a replay needs.
///
/// An exchange is written when the run has done with its answer whatever it does at once: what is secret in an answer is known only
/// then.
package final class TrafficRecorder: Sendable {
  /// How a recording is made.
  package struct Settings: Sendable {
    package var path: String
    package var bodies = RecordedBodies.text
    /// How large the file may become, in bytes; nil for any size.
    package var limit: Int?
    /// What is run, as in `read`.
    package var command = ""
    /// A recording that this one goes on with.
    var earlier: HARFile?

    package init(path: String) { self.path = path }
  }

  /// An exchange on its way into the file.
  struct Exchange: Sendable {
    let number: Int
    let request: HTTPRequest
    let started: Int64
    var answer: Answer?
  }

  /// How an exchange ended.
  struct Answer: Sendable {
    var response: HTTPResponse?
    var failure: TransportError?
    /// What was received of a body that is read in parts.
    var body: SpooledBody?
    var moment: OrderedExecutor.Moment
  }

  private struct State {
    /// Nil once the file is complete.
    var writer: HARWriter?
    var failure: (any Error)?
    var lastNumber = 0
    var lastWait = 0
    var running: [Int: Exchange] = [:]
    /// Exchanges that ended and are not written yet.
    var ended: [Exchange] = []
    /// Waits that ended and are not written yet.
    var waits: [JSONValue] = []
  }

  private let settings: Settings
  private let encoder: HAREntryEncoder
  private let state: Mutex<State>
  /// One thread at a time writes: the file is complete only when nothing is on its way into it.
  private let writing = Mutex(())

  /// - Parameters:
  ///   - clock: what the run's clock shows first, in microseconds.
  ///   - seed: where chance begins.
  /// - Throws: ``ConnectorError`` if the file cannot be written.
  package init(_ settings: Settings, clock: Int64, seed: UInt64, mask: SecretMask) throws(ConnectorError) {
    self.settings = settings
    encoder = HAREntryEncoder(bodies: settings.bodies, placeholders: SecretPlaceholders(mask))
    let log: JSONObject = [
      "version": "1.2", "creator": ["name": "airbyte-lowcode", "version": .string(RuntimeVersion.number)],
      RecordingNotes.command: .string(settings.command), RecordingNotes.clock: .int(Int(clock)),
      RecordingNotes.seed: .string(String(seed)),
    ]
    do {
      let writer = try HARWriter(path: settings.path, log: log, limit: settings.limit)
      if let earlier = settings.earlier { for number in 0..<earlier.count { try writer.add(try earlier.text(of: number)) } }
      state = Mutex(State(writer: writer, lastNumber: settings.earlier?.count ?? 0))
    } catch {
      throw Self.unwritable(settings.path, error)
    }
  }

  /// A request begins.
  /// - Returns: its number.
  func begins(_ request: HTTPRequest, at time: Int64) -> Int {
    state.withLock { state in
      state.lastNumber += 1
      state.running[state.lastNumber] = Exchange(number: state.lastNumber, request: request, started: time)
      return state.lastNumber
    }
  }

  /// A request ended, and the run goes on with its answer.
  func ended(_ number: Int, _ answer: Answer) {
    state.withLock { state in
      guard var exchange = state.running.removeValue(forKey: number) else { return }
      exchange.answer = answer
      state.ended.append(exchange)
    }
  }

  /// A wait begins.
  /// - Returns: its number.
  func waitBegins() -> Int {
    state.withLock { state in
      state.lastWait += 1
      return state.lastWait
    }
  }

  /// A wait ended.
  /// - Parameter moment: nil if it was given up.
  func waitEnded(_ number: Int, at moment: OrderedExecutor.Moment?) {
    let note: [JSONValue] = [.int(number)] + (moment.map { [.int(Int($0.time)), .int($0.order)] } ?? [])
    state.withLock { $0.waits.append(.array(note)) }
  }

  /// Writes what ended. Called when the run has done with it what it does at once.
  func write() { writing.withLock { _ in writeEnded() } }

  private func writeEnded() {
    let (exchanges, waits) = state.withLock { state in
      guard !state.ended.isEmpty else { return ([Exchange](), [JSONValue]()) }
      defer { (state.ended, state.waits) = ([], []) }
      return (state.ended, state.waits)
    }
    for (place, exchange) in exchanges.enumerated() {
      let entry = encoder.entry(exchange, waits: place == 0 ? waits : [])
      state.withLock { state in
        guard let writer = state.writer else { return }
        do { try writer.add(entry) } catch { Self.give(up: &state, error) }
      }
    }
  }

  /// Completes the file. Requests that are still under way are in it without an answer.
  /// - Parameter isInterrupted: whether the program ends before the run does: then an answer that the run is working on is left out, as
  ///   nobody knows what is secret in it.
  /// - Throws: ``ConnectorError`` if the recording could not be written.
  package func finish(isInterrupted: Bool = false) throws(ConnectorError) {
    let failure = writing.withLock { _ in complete(isInterrupted: isInterrupted) }
    if let failure { throw Self.unwritable(settings.path, failure) }
  }

  private func complete(isInterrupted: Bool) -> (any Error)? {
    if !isInterrupted { writeEnded() }
    let (running, waits) = state.withLock { state in
      var exchanges = state.running.values.sorted { $0.number < $1.number }
      exchanges += state.ended.map { Exchange(number: $0.number, request: $0.request, started: $0.started) }
      (state.running, state.ended) = ([:], [])
      return (exchanges, state.waits)
    }
    let entries = running.map { encoder.entry($0, waits: []) }
    return state.withLock { state -> (any Error)? in
      if let writer = state.writer {
        do {
          for entry in entries { try writer.add(entry) }
          var log: JSONObject = [:]
          if !waits.isEmpty { log[RecordingNotes.waits] = .array(waits) }
          if writer.dropped > 0 {
            log["comment"] = .string("The first \(writer.dropped) parts of the recording were dropped, as it has a limit.")
          }
          try writer.finish(log)
        } catch {
          state.failure = error
        }
        state.writer = nil
      }
      return state.failure
    }
  }

  private static func give(up state: inout State, _ error: any Error) {
    state.failure = error
    state.writer = nil
  }

  private static func unwritable(_ path: String, _ error: any Error) -> ConnectorError {
    ConnectorError(.config, "The recording \(path) cannot be written: \(error)")
  }
}
