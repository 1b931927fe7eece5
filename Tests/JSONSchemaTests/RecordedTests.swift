import Foundation
import JSON
import Python
import Testing

@testable import JSONSchema

/// Compares with what Python's jsonschema said of the same pairs: see `Fixtures/record.py`.
@Suite struct RecordedTests {
  @Test func answersOfPython() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/recorded.json")
    guard case .array(let cases) = try JSONValue(parsing: try String(contentsOf: file, encoding: .utf8)) else {
      Issue.record("the recorded cases are a list")
      return
    }
    #expect(cases.count >= 400)
    for case .object(let recorded) in cases {
      let schemaText = try #require(recorded["schema"])
      let instance = try #require(recorded["instance"])
      let dialect: Dialect = recorded["draft"] == .int(7) ? .draft7 : .draft2020
      if recorded["invalid"] != nil {
        #expect(throws: JSONSchemaError.self) { try JSONSchema(compiling: schemaText, dialect: dialect) }
        continue
      }
      let schema = try JSONSchema(compiling: schemaText, dialect: dialect)
      guard case .array(let expected)? = recorded["errors"] else { continue }
      let label = "\(PythonRepr.of(schemaText)) \(PythonRepr.of(instance))"
      let errors = schema.errors(instance, complete: true)
      #expect(Set(errors.map(row)) == Set(expected), "\(label)")
      #expect(errors.count == expected.count, "\(label)")
      #expect(schema.isValid(instance) == expected.isEmpty, "\(label)")
      #expect(schema.validate(instance).isEmpty == expected.isEmpty, "\(label)")
      #expect(schema.pythonError(instance).map { JSONValue.string($0.pythonMessage) } == recorded["best"], "\(label)")
    }
  }

  private func row(_ error: ValidationError) -> JSONValue {
    let paths = error.pythonPaths
    return .array([
      list(paths.instance), list(paths.schema), .string(error.keyword), .string(error.pythonMessage),
      .int(error.context.count),
    ])
  }

  private func list(_ path: ArraySlice<PathElement>) -> JSONValue {
    .array(
      path.map {
        switch $0 {
        case .key(let key): .string(key)
        case .index(let index): .int(index)
        }
      })
  }
}
