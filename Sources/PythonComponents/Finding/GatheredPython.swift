import AirbyteProtocol
import Bytes
import ConnectorModel
import Essentials
import JSON

/// A Python with what custom components need, copied to a folder of this process from which it can be moved: for images.
package final class GatheredPython: Sendable {
  private let copy: TemporaryFolder
  /// The version of the language, as in `3.11.7`.
  package let version: String
  /// The versions of the distributions that are with it, by their names.
  package let distributions: [String: String]

  /// Where it is: `bin` and `lib` are in it. It goes with the last reference to this.
  package var folder: String { copy.path }

  /// Copies the interpreter, its standard library and the distributions that are installed for it, without what airbyte-cdk requires
  /// and components do not need.
  /// - Parameter prefix: where the folder's content will be.
  /// - Throws: ``ConnectorError`` if it cannot be copied, or has no airbyte-cdk.
  package init(_ interpreter: PythonInterpreter, for prefix: String, environment: [String: String]) throws {
    do throws(FileError) { copy = try TemporaryFolder(environment: environment) } catch {
      throw ConnectorError(.system, "There is no folder for a copy of \(interpreter.path): \(error)")
    }
    let folder = copy.path
    // The order of sets decides on the bytes of compiled code.
    let environment = environment.merging(["PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
    let script = String(decoding: PackageResources.gather_py, as: UTF8.self)
    let end: ChildProcess.End
    do throws(FileError) {
      end = try ChildProcess.run(
        interpreter.path, ["-c", script, folder, prefix] + PythonSetup.slimNames, environment: environment)
    } catch { throw ConnectorError(.config, "\(interpreter.path) cannot be started (\(interpreter.reason)): \(error)") }
    let file = URL(fileURLWithPath: "\(folder)/gathered.json")
    guard end.code == 0, let said = try? JSONValue(parsing: Array(Data(contentsOf: file))) else {
      throw ConnectorError(.config, "\(interpreter.path) could not be copied (\(interpreter.reason)): it \(end)")
    }
    try? FileManager.default.removeItem(at: file)
    version = said["python"]?.string ?? ""
    distributions = (said["distributions"]?.object ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.string }
    guard let reference = distributions["airbyte-cdk"], reference.split(separator: ".").first == "7" else {
      throw StartFailure.reference(missingFor: interpreter, found: distributions["airbyte-cdk"])
    }
  }
}
