import Authoring
import ConnectorModel
import Engine
import Essentials
import Secrets
import Synchronization

/// Shows tests while they run: each as it ends, and on a terminal what runs now and what it waits for.
final class TestProgress: TestWatcher {
  fileprivate struct State {
    /// The file whose tests were shown last.
    var suite: String?
    var test: String?
    var started: Int64 = 0
    var counts = ProgressCounts()
    /// Until when a request waits, and why.
    var wait: (until: Int64, reason: String)?
    /// What kept lines from being written.
    var failure: (any Error)?
  }

  /// A test gets a line from so much time on, in microseconds: most are over sooner.
  private static let patience: Int64 = 300_000
  /// Waits from this length on, in seconds, get a line where lines cannot be written over.
  private static let longWait = 1.0

  private let report: TestTextReport?
  private let terminal: Terminal
  private let line: ProgressLine
  private let now: @Sendable () -> Int64
  private let state = Mutex(State())

  /// - Parameters:
  ///   - report: writes tests for people; nil where the report is for programs.
  ///   - terminal: where people are told what runs.
  ///   - now: the machine's clock, in microseconds.
  init(_ report: TestTextReport?, _ terminal: Terminal, now: @escaping @Sendable () -> Int64) {
    self.report = report
    self.terminal = terminal
    line = ProgressLine(terminal)
    self.now = now
  }

  // MARK: What runs

  func began(_ name: String) {
    state.withLock { state in
      state.test = name
      state.started = now()
      state.counts = ProgressCounts()
      state.wait = nil
    }
  }

  func happened(_ event: RunEvent) {
    switch event {
    case .recordsRead(_, let count): state.withLock { $0.counts.records += count }
    case .pageRead:
      state.withLock { state in
        state.counts.pages += 1
        state.wait = nil
      }
    case .waiting(let stream, let seconds, let reason):
      let owner = stream.map { "\($0), " } ?? ""
      state.withLock { $0.wait = (now() + Int64(min(seconds, 1e9) * 1_000_000), owner + reason) }
      if line.isThere {
        tick()
      } else if terminal.isThere, seconds >= Self.longWait {
        StandardOutput.tell("waiting: \(seconds.fixed(1)) s (\(owner)\(reason))")
      }
    case .streamStarted, .streamEnded: break
    }
  }

  /// Draws what changes over time.
  func tick() {
    let (text, waits) = state.withLock { state -> (String?, Bool) in
      let time = now()
      guard let test = state.test, time - state.started >= Self.patience || state.wait != nil else { return (nil, false) }
      let wait = state.wait.flatMap { $0.until > time ? $0 : nil }
      let note = wait.map { "waits \(ProgressCounts.seconds($0.until - time)) s: \($0.reason)" }
      let name = TerminalText.line(test)
      let elapsed = time - state.started
      guard state.counts.pages == 0 else {
        return (state.counts.line(name, microseconds: elapsed, note: note, width: line.width), note != nil)
      }
      return ("\(name): \(ProgressCounts.seconds(elapsed)) s" + (note.map { ", \($0)" } ?? ""), note != nil)
    }
    if let text { line.show(text, waits ? .warning : nil) }
  }

  // MARK: What ended

  func ended(_ test: TestReport.Case, of suite: String) {
    line.clear()
    guard let report else { return }
    state.withLock { state in
      let heading = state.suite == suite ? [] : [report.heading(of: suite)]
      state.suite = suite
      state.write(heading + report.lines(test))
    }
  }

  /// Shows what is known once the tests of a file are over.
  func ended(_ suite: TestReport.Suite) {
    line.clear()
    guard let report else { return }
    state.withLock { state in
      let notes = report.notes(of: suite)
      let heading = state.suite == suite.name || notes.isEmpty ? [] : [report.heading(of: suite.name)]
      state.suite = suite.name
      state.write(heading + notes)
    }
  }

  /// Shows what stands below all tests.
  /// - Throws: what kept lines from being written.
  func finish(_ whole: TestReport) throws {
    line.clear()
    let failure = state.withLock { state in
      if let report { state.write(report.ending(whole)) }
      return state.failure
    }
    if let failure { throw failure }
  }

  /// Removes what is not to stay.
  func clear() { line.clear() }
}

extension TestProgress.State {
  /// What it shows of names and values was made harmless, and colours are to be obeyed.
  fileprivate mutating func write(_ lines: [String]) {
    guard failure == nil, !lines.isEmpty else { return }
    do { try StandardOutput.write(line: lines.joined(separator: "\n")) } catch { failure = error }
  }
}
