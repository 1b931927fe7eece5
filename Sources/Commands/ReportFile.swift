import AirbyteProtocol
import ArgumentParser
import Authoring
import Bytes
import ConnectorModel
import Essentials
import JSON
import Secrets
import Synchronization

/// The file that the report of a read goes to.
struct ReportFile: ExpressibleByArgument, Sendable, Equatable {
  let path: String

  init?(argument: String) {
    guard argument.hasSuffix(".json") || argument.hasSuffix(".html") else { return nil }
    path = argument
  }

  /// Finds out before the read whether a file can be written there.
  /// - Throws: ``ConnectorError`` if none can.
  func prove() throws(ConnectorError) {
    do throws(FileError) { _ = try AtomicFile(path: path, permissions: .usual) } catch { throw unwritable(error) }
  }

  /// Replaces the file.
  /// - Parameter title: what was read.
  /// - Throws: ``ConnectorError`` if it cannot be written.
  func write(_ report: ReadReport, title: String) throws(ConnectorError) {
    let text = path.hasSuffix(".json") ? report.json.jsonText + "\n" : ReportPage(report, title: title).html
    do throws(FileError) {
      let file = try AtomicFile(path: path, permissions: .usual)
      try file.write(Array(text.utf8))
      try file.putInPlace()
    } catch {
      throw unwritable(error)
    }
  }

  private func unwritable(_ error: FileError) -> ConnectorError {
    ConnectorError(.config, "The report \(path) cannot be written: \(error)")
  }
}

/// What collects the report of one run, and where it goes.
final class ReportedRun: Sendable {
  let reporter = RunReporter(.init(now: SystemClock.now, cpu: { ReportedRun.cpuSeconds }))
  let file: ReportFile
  /// What is read.
  let title: String
  let mask: SecretMask
  /// Whether there is nothing to report.
  private let isAbandoned = Mutex(false)

  init(file: ReportFile, title: String, mask: SecretMask) {
    self.file = file
    self.title = title
    self.mask = mask
  }

  /// Writes nothing, and leaves a report that is there already as it is.
  func abandon() { isAbandoned.withLock { $0 = true } }

  /// - Throws: ``ConnectorError`` if the file cannot be written.
  func write(_ outcome: ReadReport.Outcome) throws(ConnectorError) {
    if isAbandoned.withLock({ $0 }) { return }
    try file.write(reporter.report(outcome, hide: mask.masked), title: title)
  }

  /// Runs `body`, and writes the report however it ends.
  func run(_ body: () async throws -> ExitCode) async throws -> ExitCode {
    try file.prove()
    StandardOutput.beforeLeaving { try? self.write(.interrupted) }
    let status: ExitCode
    do { status = try await body() } catch {
      try? write(.failed(ConnectorError(wrapping: error).sentence))
      throw error
    }
    try write(status == .failure ? .incomplete : .complete)
    return status
  }

  private static var cpuSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
