import Foundation
import JSON

/// The built executable, run as a process of its own.
enum Tool {
  /// What a run left.
  struct Outcome {
    let stdout: String
    let stderr: String
    /// The exit status, or the number of the signal that ended the process.
    let status: Int32
    let wasKilled: Bool

    /// The lines of standard output as messages.
    func messages() throws -> [JSONValue] {
      try stdout.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }

    /// The messages of a type, without their envelope: `log` of `LOG`.
    func messages(_ type: String, _ member: String) throws -> [JSONValue] {
      try messages().filter { $0["type"]?.string == type }.compactMap { $0[member] }
    }

    /// The `error` of each TRACE of that kind.
    func errors() throws -> [JSONValue] { try messages("TRACE", "trace").compactMap { $0["error"] } }

    /// The statuses of `stream`, in order.
    func statuses(of stream: String) throws -> [String] {
      try messages("TRACE", "trace").compactMap { $0["stream_status"] }
        .filter { $0["stream_descriptor"]?["name"]?.string == stream }.compactMap { $0["status"]?.string }
    }

    /// The messages of LOG lines of a level.
    func logs(_ level: String) throws -> [String] {
      try messages("LOG", "log").filter { $0["level"]?.string == level }.compactMap { $0["message"]?.string }
    }

    func recordCount(of stream: String) throws -> Int {
      try messages("RECORD", "record").count { $0["stream"]?.string == stream }
    }
  }

  /// The executable that `AIRBYTE_LOWCODE_PROGRAM` names, such as one of a release build, else the one beside the test bundle.
  static let path: String = {
    if let named = ProcessInfo.processInfo.environment["AIRBYTE_LOWCODE_PROGRAM"], !named.isEmpty { return named }
    let bundles = [Bundle.main] + Bundle.allBundles.filter { $0.bundlePath.hasSuffix(".xctest") }
    let folders = bundles.flatMap { bundle in
      [bundle.executableURL?.deletingLastPathComponent(), bundle.bundleURL.deletingLastPathComponent()].compactMap { $0 }
    }
    let candidates = folders.map { $0.appending(path: "airbyte-lowcode").path }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "airbyte-lowcode"
  }()

  /// Runs the executable, or another one, with `arguments` in `folder`.
  /// - Parameter environment: variables besides the usual ones.
  static func run(
    _ arguments: [String], in folder: Folder, stdin: String = "", executable: String = path, environment: [String: String] = [:]
  ) async throws -> Outcome {
    try await launch(executable, arguments, in: folder, stdin: stdin, environment)
  }

  /// Runs a line of the shell in which `"$@"` is the executable with `arguments`.
  static func shell(_ line: String, _ arguments: [String], in folder: Folder) async throws -> Outcome {
    try await launch("/bin/sh", ["-c", line, "sh", path] + arguments, in: folder, stdin: "", [:])
  }

  /// Foundation copies whole entries of the list of open files when it starts a process, and reads beyond the end of the list where
  /// that is long: hundreds of tests that each started one ended by a segmentation fault.
  private static let atATime = Gate(max(4, 2 * ProcessInfo.processInfo.activeProcessorCount))

  private static func launch(
    _ path: String, _ arguments: [String], in folder: Folder, stdin: String, _ environment: [String: String]
  ) async throws -> Outcome {
    await atATime.enter()
    do {
      let outcome = try await launchNow(path, arguments, in: folder, stdin: stdin, environment)
      await atATime.leave()
      return outcome
    } catch {
      await atATime.leave()
      throw error
    }
  }

  private static func launchNow(
    _ path: String, _ arguments: [String], in folder: Folder, stdin: String, _ environment: [String: String]
  ) async throws -> Outcome {
    // Files, not pipes: none of them can fill up.
    let run = try Folder()
    try run.write("stdin", stdin)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = folder.url
    process.environment = ["PATH": "/usr/bin:/bin", "COLUMNS": "80", "TERM": "dumb", "HOME": folder.url.path]
      .merging(environment) { $1 }
    let files = [
      try FileHandle(forReadingFrom: run.url(of: "stdin")), try run.created("stdout"), try run.created("stderr"),
    ]
    // Foundation keeps processes that have ended, and their files open.
    defer { for file in files { try? file.close() } }
    (process.standardInput, process.standardOutput, process.standardError) = (files[0], files[1], files[2])
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do { try process.runWithSignals() } catch {
        process.terminationHandler = nil
        continuation.resume(throwing: error)
      }
    }
    return Outcome(
      stdout: try run.text("stdout"), stderr: try run.text("stderr"), status: process.terminationStatus,
      wasKilled: process.terminationReason == .uncaughtSignal)
  }
}

extension Process {
  /// Starts the process with no signal blocked. Threads of Dispatch block most of them, and a shell that inherits that waits without end
  /// for what it has started.
  func runWithSignals() throws {
    var (none, own) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &own)
    defer { pthread_sigmask(SIG_SETMASK, &own, nil) }
    try run()
  }
}

/// Lets so many in at a time, in the order of their arrival.
private actor Gate {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) { free = count }

  func enter() async {
    guard free == 0 else { return free -= 1 }
    await withCheckedContinuation { waiting.append($0) }
  }

  func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}

/// A temporary folder, removed with its last reference.
final class Folder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "command-line-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func url(of name: String) -> URL { url.appending(path: name) }

  func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: url(of: name)) }

  func remove(_ name: String) throws { try FileManager.default.removeItem(at: url(of: name)) }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(at: url(of: name), withIntermediateDirectories: true)
  }

  /// The names in the folder, hidden ones too.
  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }

  func text(_ name: String) throws -> String { String(decoding: try Data(contentsOf: url(of: name)), as: UTF8.self) }

  func created(_ name: String) throws -> FileHandle {
    try write(name, "")
    return try FileHandle(forWritingTo: url(of: name))
  }
}
