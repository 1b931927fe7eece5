import AirbyteProtocol
import ConnectorModel
import JSON
import Testing

@testable import PythonComponents

struct HostErrorTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let fields: String
    let message: String
    var failureType = FailureType.system
    var testDescription: String { fields }
  }

  @Test(arguments: [
    Row(
      fields: #"{"type": "KeyError", "message": "'id'", "file": "components.py", "line": 31, "function": "extract_records"}"#,
      message: "`Sort` failed: KeyError: 'id' (components.py:31 in extract_records)"),
    Row(fields: #"{"type": "StopIteration", "message": ""}"#, message: "`Sort` failed: StopIteration"),
    Row(
      fields:
        #"{"type": "AirbyteTracedException", "message": "inner", "user_message": "Log in again.", "failure_type": "config_error"}"#,
      message: "Log in again.", failureType: .config),
    Row(
      fields:
        #"{"kind": "import", "type": "ModuleNotFoundError", "message": "No module named 'pendulum'", "file": "components.py", "line": 7, "module": "pendulum"}"#,
      message: "`Sort` cannot be imported: ModuleNotFoundError: No module named 'pendulum' (components.py:7)",
      failureType: .config),
    Row(
      fields: #"{"kind": "signature", "message": "missing `field_path`", "file": "components.py", "line": 14}"#,
      message: "`Sort` cannot be made: missing `field_path` (components.py:14)"),
    Row(fields: #"{"kind": "missing_class", "message": "no class `Sort`"}"#, message: "`Sort` does not exist: no class `Sort`"),
  ])
  func errorsAreSentences(row: Row) throws {
    let error = HostError(try JSONValue(parsing: row.fields).object ?? [:]).connectorError(FakeHost.subject())
    #expect(error.message == row.message)
    #expect(error.failureType == row.failureType)
  }

  @Test func theTracebackIsKept() {
    let error = HostError(["traceback": .string("Traceback: …")]).connectorError(FakeHost.subject())
    #expect(error.diagnostic.stackTrace == "Traceback: …")
  }
}
