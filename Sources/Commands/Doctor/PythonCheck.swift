import PythonComponents

/// Whether there is a Python for custom components.
enum PythonCheck {
  private static let subject = "python"
  private static let need = "only custom components need it"

  static func finding(environment: [String: String]) -> MachineFinding {
    let interpreter: PythonInterpreter
    do throws(PythonInterpreter.NotFound) {
      interpreter = try PythonInterpreter.find(option: nil, environment: environment, beside: ".")
    } catch {
      guard let reason = error.reason else { return .note(subject, "there is none; \(need)") }
      return .fails(subject, "there is no program `\(error.name)` (\(reason))")
    }
    guard let versions = interpreter.versions(environment: environment) else {
      return .fails(subject, "\(interpreter.path) cannot be run (\(interpreter.reason))")
    }
    guard let reference = versions.reference else {
      return .note(
        subject, "\(interpreter.path) is \(versions.language) without airbyte-cdk; \(need)",
        remedy: "`airbyte-lowcode components setup` installs it beside a manifest")
    }
    return .works(subject, "\(interpreter.path) is \(versions.language) with airbyte-cdk \(reference)")
  }
}
