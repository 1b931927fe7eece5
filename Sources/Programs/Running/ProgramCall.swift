import AirbyteProtocol
import ConnectorModel
import Essentials

/// A program to start: its words, its surroundings, and how long it is waited for.
package struct ProgramCall: Sendable {
  /// How long a program is waited for, and how much is taken of it at a time.
  package struct Limits: Sendable {
    /// After so many seconds without a word of the program it is ended; nil for never.
    package var silence: Double?
    /// So many seconds it has to end by itself: after its last line, and once more after SIGTERM.
    package var grace: Double
    /// No line has more bytes.
    package var longestLine: Int

    package init(silence: Double? = 3_600, grace: Double = 10, longestLine: Int = 256 << 20) {
      self.silence = silence
      self.grace = grace
      self.longestLine = longestLine
    }
  }

  /// The program, a name on `PATH` or a path, and its arguments.
  package var words: [String]
  /// All variables of its environment.
  package var environment: [String: String]
  /// Where it works, and what a relative path of the program begins at; nil for the folder of this process.
  package var folder: String?
  package var limits: Limits

  package init(
    _ words: [String], environment: [String: String], folder: String? = nil, limits: Limits = Limits()
  ) {
    self.words = words
    self.environment = environment
    self.folder = folder
    self.limits = limits
  }

  /// The name of the program, for sentences.
  package var name: String { words.first.map { $0.split(separator: "/").last.map { String($0) } ?? $0 } ?? "" }

  /// The same call with further arguments.
  package func with(_ arguments: [String]) -> ProgramCall {
    var call = self
    call.words += arguments
    return call
  }

  /// The path of the program.
  /// - Throws: ``ConnectorError`` if there is none, or it cannot be started.
  func executable() throws(ConnectorError) -> String {
    guard let program = words.first, !program.isEmpty else {
      throw ConnectorError(.config, "The command of a program is empty: name the program that is to be started")
    }
    if program.contains("/") {
      let path = program.hasPrefix("/") ? program : (folder.map { "\($0)/" } ?? "") + program
      if access(path, X_OK) == 0, !Self.isFolder(path) { return Self.absolute(path) }
      throw Self.missing(program, path)
    }
    for place in (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":") {
      let path = "\(place)/\(program)"
      if access(path, X_OK) == 0, !Self.isFolder(path) { return Self.absolute(path) }
    }
    throw ConnectorError(
      .config, "There is no program `\(program)` on PATH: install it, or name it by its path, as in ./\(program)",
      internalMessage: "PATH is \(environment["PATH"] ?? "not set")")
  }

  private static func missing(_ program: String, _ path: String) -> ConnectorError {
    switch errno {
    case _ where isFolder(path): ConnectorError(.config, "The program \(program) is a folder: name a file in it")
    case EACCES where access(path, F_OK) == 0:
      ConnectorError(.config, "The program \(program) cannot be run: make it executable with `chmod +x`")
    default: ConnectorError(.config, "There is no program \(program): check its path, which begins at the manifest's folder")
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The program starts in a folder of its own.
  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }
}

/// How a program ended.
package struct ProgramEnd: Sendable, Equatable, CustomStringConvertible {
  /// What it returned; nil where a signal ended it.
  package let code: Int32?
  /// The signal that ended it.
  package let signal: Int32?
  /// The seconds that it had for its end, which it let pass after its last line; nil if it ended in time, or was asked to end.
  package var overdue: Double?

  init(status: Int32) {
    let signal = status & 0x7F
    self.signal = signal == 0 ? nil : signal
    code = signal == 0 ? (status >> 8) & 0xFF : nil
  }

  package var isSuccess: Bool { code == 0 }

  /// As in "ended with status 3" and "was ended by signal 9 (Killed)".
  package var description: String {
    if let overdue {
      let seconds = Int(exactly: overdue).map { "\($0)" } ?? "\(overdue)"
      return "closed its output, did not end within \(seconds) s, and was ended"
    }
    if let signal { return "was ended by signal \(signal) (\(String(cString: strsignal(signal))))" }
    return "ended with status \(code ?? 0)"
  }
}
