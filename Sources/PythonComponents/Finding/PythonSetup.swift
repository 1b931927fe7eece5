import AirbyteProtocol
import Bytes
import ConnectorModel
import Essentials
import Manifest

/// Makes the Python environment that components run in.
package struct PythonSetup: Sendable {
  /// The program that makes it.
  package let interpreter: PythonInterpreter
  /// Where it is made.
  package let folder: String
  /// Whether only what running components takes is installed: 40 MB instead of 336.
  package let isSlim: Bool
  /// Further distributions, as pip names them.
  package let others: [String]
  private let environment: [String: String]

  package init(
    _ interpreter: PythonInterpreter, folder: String, isSlim: Bool, others: [String] = [], environment: [String: String]
  ) {
    self.interpreter = interpreter
    self.folder = folder
    self.isSlim = isSlim
    self.others = others
    self.environment = environment
  }

  /// The distributions that running components takes.
  static var slimNames: [String] {
    String(decoding: PackageResources.slim_requirements_txt, as: UTF8.self).split(separator: "\n").compactMap { line in
      let name = line.prefix { $0.isLetter || $0.isNumber || "-_.".contains($0) }
      return name.isEmpty ? nil : String(name)
    }
  }

  /// The program of the environment.
  package var program: String { "\(folder)/bin/python" }

  /// Makes the environment, or completes one that is there. What pip says goes to standard error.
  /// - Throws: ``ConnectorError`` where a step fails; it has just said why.
  package func run() throws {
    if access(program, X_OK) != 0 {
      try step(
        interpreter.path, ["-m", "venv", folder], "\(interpreter.path) could not make a virtual environment in \(folder)",
        remedy: "on Debian and Ubuntu the package python3-venv is needed for it")
    }
    let pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet"]
    if isSlim {
      let list = "\(folder)/airbyte-lowcode-requirements.txt"
      do throws(FileError) {
        let file = try AtomicFile(path: list, permissions: .usual)
        try file.write(PackageResources.slim_requirements_txt)
        try file.putInPlace()
      } catch { throw ConnectorError(.config, "\(list) cannot be written: \(error)") }
      try step(program, pip + ["--no-deps", "--requirement", list], "pip could not install what components need")
    } else {
      try step(program, pip + [StartFailure.package], "pip could not install \(StartFailure.package)")
    }
    if !others.isEmpty { try step(program, pip + others, "pip could not install \(others.joined(separator: ", "))") }
  }

  private func step(_ program: String, _ arguments: [String], _ sentence: String, remedy: String? = nil) throws {
    let end: ChildProcess.End
    do throws(FileError) { end = try ChildProcess.run(program, arguments, environment: environment) } catch {
      throw ConnectorError(.config, "\(program) cannot be started: \(error)")
    }
    guard end.code == 0 else {
      throw ConnectorError(.config, "\(sentence): it \(end)", remedy: remedy.map { .advice($0) })
    }
  }
}
