import Foundation
import LowCode
import Synchronization

/// Shows on a terminal how a read goes: a line per stream now and then, and a summary at its end.
final class TerminalProgress: ReadProgress {
  private struct Stream {
    var records = 0
    var pages = 0
    let started: Int64
    var shown: Int64
  }

  private let now: @Sendable () -> Int64
  private let secrets: any Secrets
  private let started: Int64
  private let streams = Mutex<[String: Stream]>([:])
  private let totals = Mutex((records: 0, pages: 0, complete: 0, failed: 0))

  /// Nil where standard error is not a terminal.
  static func ifTerminal(now: @escaping @Sendable () -> Int64, hiding secrets: any Secrets) -> TerminalProgress? {
    isatty(STDERR_FILENO) == 1 ? TerminalProgress(now: now, hiding: secrets) : nil
  }

  init(now: @escaping @Sendable () -> Int64, hiding secrets: any Secrets) {
    self.now = now
    self.secrets = secrets
    started = now()
  }

  func started(stream: String) {
    let time = now()
    streams.withLock { $0[stream] = Stream(started: time, shown: time) }
  }

  func read(stream: String, records: Int) {
    let time = now()
    let line = streams.withLock { streams -> String? in
      streams[stream]?.records += records
      streams[stream]?.pages += 1
      guard let entry = streams[stream], time - entry.shown >= 1_000_000 else { return nil }
      streams[stream]?.shown = time
      return Self.line(stream, entry.records, entry.pages, time - entry.started)
    }
    if let line { show(line) }
  }

  func finished(stream: String, isComplete: Bool) {
    let time = now()
    guard let entry = streams.withLock({ $0.removeValue(forKey: stream) }) else { return }
    totals.withLock { totals in
      totals.records += entry.records
      totals.pages += entry.pages
      if isComplete { totals.complete += 1 } else { totals.failed += 1 }
    }
    show(Self.line(stream, entry.records, entry.pages, time - entry.started) + (isComplete ? ", complete" : ", not complete"))
  }

  /// Shows the closing summary.
  func summarize() {
    let totals = totals.withLock { $0 }
    let streams =
      Self.count(totals.complete + totals.failed, "stream") + (totals.failed > 0 ? " (\(totals.failed) not complete)" : "")
    show(Self.line("Read \(streams)", totals.records, totals.pages, now() - started))
  }

  private static func line(_ name: String, _ records: Int, _ pages: Int, _ microseconds: Int64) -> String {
    let seconds = Double(microseconds) / 1_000_000
    let rate = Int(Double(records) / max(seconds, 0.001))
    let elapsed = String(format: "%.1f", seconds)
    return "\(name): \(count(records, "record")), \(count(pages, "page")), \(rate) records/s, \(elapsed) s"
  }

  private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  private func show(_ line: String) { StandardOutput.tell(secrets.masked(line)) }
}
