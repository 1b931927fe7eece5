import AirbyteProtocol
import Bytes
import Concurrency
import ConnectorModel
import Essentials
import JSON
import Manifest
import Secrets
import Synchronization

/// Whole lines that a program wrote, one after another.
package final class ProgramLines: Sendable {
  private let buffer: Mutex<ByteBuffer?>
  /// The number of bytes.
  package let count: Int

  fileprivate init(_ buffer: consuming ByteBuffer) {
    count = buffer.count
    self.buffer = Mutex(buffer)
  }

  /// The bytes. Once: they are given away and not copied.
  package func take() -> ByteBuffer {
    buffer.withLock { buffer in
      var taken: ByteBuffer? = nil
      swap(&taken, &buffer)
      return taken ?? ByteBuffer()
    }
  }

  /// The lines as JSON values. Once.
  /// - Parameter rejected: is given each line that is not JSON, also blank ones.
  package func views(rejected: (_ line: UnsafeBufferPointer<UInt8>, _ error: JSONError) -> Void) -> [JSONView] {
    JSONDocument.lines(take()) { line, error in
      rejected(line, error)
      return true
    }
  }
}

/// A program that runs beside this one and writes lines.
///
/// ```swift
/// let program = try Program(call, secrets: secrets) { log.log(.info, $0) }
/// while let lines = try await program.next() { … }
/// let end = await program.finish()
/// ```
///
/// Whatever happens, the program and all that it started have ended when ``finish()`` or ``stop()`` returns, or when the last reference
/// goes. A task that is cancelled ends it at once.
package final class Program: Sendable {
  private struct State: ~Copyable {
    var pipes: ProgramPipes
    var end: ProgramEnd?
  }

  package let call: ProgramCall
  private let process: SpawnedProcess
  private let bell: Descriptor
  private let state: Mutex<State>
  private let words: LastWords

  /// Starts the program.
  /// - Parameters:
  ///   - secrets: what hides them in last words.
  ///   - errorLine: is given each line of standard error, as it is.
  /// - Throws: ``ConnectorError`` if it cannot be started: a sentence with a remedy.
  package init(
    _ call: ProgramCall, secrets: any Secrets, errorLine: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(ConnectorError) {
    self.call = call
    let words = LastWords(secrets)
    self.words = words
    do {
      let (output, theirOutput) = try SpawnedProcess.pipe()
      let (errors, theirErrors) = try SpawnedProcess.pipe()
      let process = try SpawnedProcess(call, output: theirOutput, errors: theirErrors)
      self.process = process
      let (abandoned, bell) = try SpawnedProcess.pipe()
      self.bell = bell
      state = Mutex(
        State(
          pipes: ProgramPipes(
            output: output, errors: errors, ended: process.ended, abandoned: abandoned, limits: call.limits
          ) { line in
            words.add(line)
            errorLine(line)
          }))
    } catch let error as ConnectorError {
      throw error
    } catch {
      throw ConnectorError(.transient, "The program `\(call.name)` cannot be started: \(error)")
    }
  }

  /// The next lines, as they come; nil where the program writes nothing further.
  /// - Throws: ``ConnectorError`` if it is silent for too long or writes a line without end; `CancellationError`. The program has
  ///   ended then.
  package func next() async throws -> ProgramLines? {
    let result: Result<ProgramLines?, ProgramPipes.Interruption> = await cancellable { [self] in
      await BlockingExecutor.shared.run { [self] in
        state.withLock { state in
          do throws(ProgramPipes.Interruption) {
            guard let buffer = try state.pipes.next() else { return .success(nil) }
            return .success(ProgramLines(buffer))
          } catch {
            return .failure(error)
          }
        }
      }
    }
    if Task.isCancelled {
      await stop()
      throw CancellationError()
    }
    switch result {
    case .success(let lines): return lines
    case .failure(let interruption):
      await stop()
      throw error(for: interruption)
    }
  }

  /// Waits for the program to end by itself, and ends it if it does not.
  /// - Returns: how it ended.
  @discardableResult
  package func finish() async -> ProgramEnd { await cancellable { [self] in await end(asking: false) } }

  /// Asks the program to end, and ends it if it does not.
  /// - Returns: how it ended.
  @discardableResult
  package func stop() async -> ProgramEnd { await end(asking: true) }

  /// Its number in the system.
  package var identifier: pid_t { process.identifier }

  /// What the program said last on its standard error, without secrets; empty if it said nothing.
  package var lastWords: [String] { words.lines }

  /// A failure of the program as an error: what happened, its last words, and who has to act.
  /// - Parameter what: a sentence without an end, as in "`tap-x` ended with status 1".
  package func error(_ type: FailureType, _ what: String, remedy: Remedy? = nil) -> ConnectorError {
    let words = lastWords
    guard let last = words.last else {
      return ConnectorError(type, "\(what), and said nothing about it", remedy: remedy)
    }
    return ConnectorError(
      type, "\(what): \(last)", internalMessage: "\(what). It said last:\n\(words.joined(separator: "\n"))", remedy: remedy)
  }

  private func error(for interruption: ProgramPipes.Interruption) -> any Error {
    switch interruption {
    case .abandoned: CancellationError()
    case .silence(let seconds):
      error(
        .transient,
        "The program `\(call.name)` wrote nothing for \(Int(exactly: seconds).map { "\($0)" } ?? "\(seconds)") s and was ended"
      )
    case .longLine(let count):
      ConnectorError(.system, "The program `\(call.name)` wrote \(count >> 20) MB without a line end and was ended")
    }
  }

  private func cancellable<Result: Sendable>(_ body: @Sendable () async -> Result) async -> Result {
    await withTaskCancellationHandler {
      await body()
    } onCancel: {
      process.signal(SIGTERM)
      var byte: UInt8 = 0
      _ = write(bell.number, &byte, 1)
    }
  }

  private func end(asking: Bool) async -> ProgramEnd {
    let isCancelled = Task.isCancelled
    return await BlockingExecutor.shared.run { [self] in
      state.withLock { state in
        if let end = state.end { return end }
        if asking || isCancelled { process.signal(SIGTERM) }
        let grace = call.limits.grace
        var isOverdue = false
        if !state.pipes.waitForEnd(until: MonotonicTime.after(grace), { MonotonicTime.now }) {
          isOverdue = !asking && !isCancelled
          if !asking { process.signal(SIGTERM) }
          if asking || !state.pipes.waitForEnd(until: MonotonicTime.after(grace), { MonotonicTime.now }) {
            process.signal(SIGKILL)
            _ = state.pipes.waitForEnd(until: MonotonicTime.after(grace), { MonotonicTime.now })
          }
        }
        var end = process.reap()
        if isOverdue { end.overdue = grace }
        state.pipes.takeRest()
        state.end = end
        return end
      }
    }
  }
}

/// The last lines of what a program said on its standard error.
private final class LastWords: Sendable {
  private static let room = 20
  private static let longest = 2_000
  private let secrets: any Secrets
  private let kept = Mutex<[String]>([])

  init(_ secrets: any Secrets) { self.secrets = secrets }

  func add(_ line: String) {
    kept.withLock { lines in
      if lines.count == Self.room { lines.removeFirst() }
      lines.append(line)
    }
  }

  var lines: [String] {
    kept.withLock { $0 }.map { line in
      // Cut behind the mask: half of a secret would not be recognized.
      let shown = secrets.masked(line)
      return shown.count > Self.longest ? shown.prefix(Self.longest) + " …" : shown
    }
  }
}
