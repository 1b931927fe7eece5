import Concurrency
import Foundation
import PythonComponents
import Testing

/// The Python that runs the components of the cases: the one that `AIRBYTE_LOWCODE_PYTHON` names, else the one that
/// `make python-components` makes.
enum PythonUnderTest {
  /// The version of airbyte-cdk that the cases are recorded from.
  private static let version = "7.39.1"

  /// Its path; nil if it is not there, or has another airbyte-cdk.
  static let path: String? = {
    let named = ProcessInfo.processInfo.environment[PythonInterpreter.variable].flatMap { $0.isEmpty ? nil : $0 }
    let made = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../.build/python/bin/python").path
    let path = named ?? made
    return installedVersion(path) == version ? path : nil
  }()

  /// Why the tests are skipped.
  static let absence: Comment =
    "There is no Python with airbyte-cdk 7.39.1: `make python-components` makes one, and AIRBYTE_LOWCODE_PYTHON names another"

  /// What a run is given, so that it finds Python and may use it.
  static let environment: [String: String] =
    path.map { [PythonInterpreter.variable: $0, ComponentCode.permission: "true", "PATH": "/usr/bin:/bin", "TZ": "UTC"] } ?? [:]

  /// Each process takes 80 MB, and two seconds of a core until it is ready.
  private static let places = AsyncSemaphore(Permits(free: min(ProcessInfo.processInfo.activeProcessorCount, 8)))

  /// Runs a command with components in Python, beside some others.
  static func run(_ input: CommandInput) async throws -> CommandOutput {
    try await places.pass { try await ConnectorUnderTest.runner.run(input) }
  }

  private static func installedVersion(_ path: String) -> String? {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: path)
    process.arguments = ["-c", "import importlib.metadata; print(importlib.metadata.version('airbyte-cdk'))"]
    (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
    guard (try? process.run()) != nil else { return nil }
    defer { process.waitUntilExit() }
    return String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
