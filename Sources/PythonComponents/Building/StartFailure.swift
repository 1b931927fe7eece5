import AirbyteProtocol
import ConnectorModel
import Manifest

/// Why no Python process runs the components: the same for all of them, at the place of each.
enum StartFailure: Error {
  case notPermitted
  case noPython(PythonInterpreter.NotFound)
  case notStarted(PythonInterpreter, String)
  case noReference(PythonInterpreter)
  case otherReference(PythonInterpreter, String)
  /// The code cannot be imported.
  case refused(PythonInterpreter, HostError)

  /// The version of the reference that the components are run with.
  static let package = "airbyte-cdk==7.39.1"

  private static func install(for python: PythonInterpreter) -> Remedy {
    .advice("run `\(python.path) -m pip install '\(package)'`, or `airbyte-lowcode components setup`")
  }

  /// The same error where no component is at hand.
  /// - Parameter version: the one that was found; nil for none.
  static func reference(missingFor python: PythonInterpreter, found version: String?) -> ConnectorError {
    let found = version.map { "airbyte-cdk \($0)" } ?? "no airbyte-cdk"
    return ConnectorError(
      .config, "Components need `\(package)`: \(python.path) has \(found) (\(python.reason))", remedy: install(for: python))
  }

  func error(for node: ManifestNode) -> ConnectorError {
    let subject = HostSubject(node)
    let needs = "`\(subject.className)` needs Python 3.10 or later with `\(Self.package)`"
    var error: ConnectorError
    switch self {
    case .notPermitted:
      error = ConnectorError(
        .config, "`\(subject.className)` is Python code, which runs only if `\(ComponentCode.permission)=true` is set", at: node)
    case .noPython(let missing):
      let reason = missing.reason.map { " (\($0))" } ?? ""
      error = ConnectorError(
        .config, "\(needs), and there is no program `\(missing.name)`\(reason)", at: node,
        remedy: .advice("`\(PythonInterpreter.variable)` or `--python` names another one"))
    case .notStarted(let python, let reason):
      error = ConnectorError(.config, "\(needs): \(python.path) cannot be used (\(python.reason)): \(reason)", at: node)
    case .noReference(let python):
      error = ConnectorError(
        .config, "\(needs): \(python.path) has no airbyte-cdk (\(python.reason))", at: node,
        remedy: Self.install(for: python))
    case .otherReference(let python, let version):
      error = ConnectorError(
        .config, "\(needs): \(python.path) has airbyte-cdk \(version) (\(python.reason))", at: node,
        remedy: Self.install(for: python))
    case .refused(let python, let failure):
      error = failure.connectorError(subject)
      if failure.kind == .import, failure.text("module") != nil {
        error.diagnostic.remedy = .advice("install it for \(python.path)")
      }
    }
    error.isUnsupported = true
    return error
  }
}
