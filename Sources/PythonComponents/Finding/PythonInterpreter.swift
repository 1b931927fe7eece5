import Essentials

/// Which Python runs the components.
package struct PythonInterpreter: Sendable {
  /// The path of its program.
  package let path: String
  /// Who chose it, as in "`AIRBYTE_LOWCODE_PYTHON` names it".
  package let reason: String

  /// The variable that names one.
  package static let variable = "AIRBYTE_LOWCODE_PYTHON"

  /// Finds it: the one that an option names, else that of a variable, of the active virtual environment, of the folder `.venv` beside
  /// the manifest, else the `python3` of the search path.
  /// - Throws: ``NotFound``.
  package static func find(
    option: String?, environment: [String: String], beside folder: String?
  ) throws(NotFound) -> PythonInterpreter {
    if let option { return try named(option, reason: "`--python` names it", environment) }
    if let name = environment[variable], !name.isEmpty {
      return try named(name, reason: "`\(variable)` names it", environment)
    }
    if let virtual = environment["VIRTUAL_ENV"], !virtual.isEmpty {
      let path = "\(virtual)/bin/python"
      if isProgram(path) { return PythonInterpreter(path: path, reason: "`VIRTUAL_ENV` names its environment") }
    }
    if let folder {
      let path = "\(folder)/.venv/bin/python"
      if isProgram(path) { return PythonInterpreter(path: absolute(path), reason: "it is in the manifest's folder") }
    }
    guard let path = search("python3", environment) else { throw NotFound(name: "python3", reason: nil) }
    return PythonInterpreter(path: path, reason: "it is the first one on `PATH`")
  }

  /// There is no such program.
  package struct NotFound: Error {
    package let name: String
    /// Who named it; nil for the usual one.
    package let reason: String?
  }

  private static func named(
    _ name: String, reason: String, _ environment: [String: String]
  ) throws(NotFound) -> PythonInterpreter {
    let path = name.contains("/") ? (isProgram(name) ? name : nil) : search(name, environment)
    guard let path else { throw NotFound(name: name, reason: reason) }
    return PythonInterpreter(path: path, reason: reason)
  }

  private static func search(_ name: String, _ environment: [String: String]) -> String? {
    (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").lazy.map { "\($0)/\(name)" }.first(
      where: isProgram)
  }

  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }

  private static func isProgram(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }
}
