import Bytes
import Concurrency
import Essentials
import Processes

/// Programs that this one starts and waits for.
package enum ChildProcess {
  /// How a process ended.
  package struct End: Sendable, CustomStringConvertible {
    let status: Int32

    /// What it returned; nil where a signal ended it.
    package var code: Int32? { status & 0x7F == 0 ? (status >> 8) & 0xFF : nil }

    /// As in "ended by signal 11" and "ended with status 3".
    package var description: String { code.map { "ended with status \($0)" } ?? "ended by signal \(status & 0x7F)" }
  }

  /// Waits for the end of a process, and takes it from the system's list.
  static func wait(for identifier: pid_t) -> End {
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
    return End(status: status)
  }

  /// The same for so many seconds at most; nil where it has not ended by then.
  static func wait(for identifier: pid_t, atMost seconds: Double) -> End? {
    let limit = MonotonicTime.now + UInt64(seconds * 1e9)
    var status: Int32 = 0
    while true {
      let ended = waitpid(identifier, &status, WNOHANG)
      if ended > 0 || ended < 0 && errno != EINTR { return End(status: status) }
      guard MonotonicTime.now < limit else { return nil }
      usleep(5_000)
    }
  }

  /// Runs a program that prints where this one prints errors, and waits for its end.
  /// - Throws: ``FileError`` if the system does not start it.
  package static func run(_ program: String, _ arguments: [String], environment: [String: String]) throws(FileError) -> End {
    wait(for: try start(program, arguments, environment: environment, descriptors: [STDIN_FILENO, STDERR_FILENO, STDERR_FILENO]))
  }

  /// Starts a program.
  /// - Parameters:
  ///   - arguments: those behind the program's name.
  ///   - descriptors: what the process has as 0, 1, and so on.
  /// - Returns: the number of the process, for ``wait(for:)``.
  /// - Throws: ``FileError`` if the system starts none.
  static func start(
    _ program: String, _ arguments: [String], environment: [String: String], descriptors: [Int32]
  ) throws(FileError) -> pid_t {
    try ProcessStart(program, words: [program] + arguments, environment: environment, descriptors: descriptors).run()
  }
}
