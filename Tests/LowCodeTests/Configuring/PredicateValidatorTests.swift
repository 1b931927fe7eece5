import AirbyteProtocol
import JSON
import Testing

@testable import Components
@testable import ConnectorModel
@testable import Manifest

@Suite("Validations of a value of the manifest") struct PredicateValidatorTests {
  private struct Case: Sendable, CustomTestStringConvertible {
    let value: JSONValue
    let schema: JSONValue
    let isValid: Bool
    var testDescription: String { "\(value.jsonText) against \(schema.jsonText)" }
  }

  /// The reference fails whatever the value is: what counts here is what its strategy would say.
  @Test(arguments: [
    Case(value: 5, schema: ["type": "integer"], isValid: true),
    Case(value: 5, schema: ["type": "string"], isValid: false),
    Case(value: "{{ config['size'] }}", schema: ["type": "integer", "maximum": 10], isValid: true),
    Case(value: "{{ config['size'] }}", schema: ["type": "integer", "maximum": 3], isValid: false),
    Case(value: "{{ config['tags'] }}", schema: ["type": "array", "minItems": 2], isValid: true),
    Case(value: "[1, 2]", schema: ["type": "array"], isValid: true),
    Case(value: "no JSON", schema: ["type": "string"], isValid: false),
    Case(value: ["a": 1], schema: ["required": ["a"]], isValid: true),
    Case(value: .null, schema: ["type": "null"], isValid: true),
  ])
  private func validates(_ tested: Case) async throws {
    let rules: JSONValue = [
      "type": "ConfigNormalizationRules",
      "validations": [
        [
          "type": "PredicateValidator", "value": tested.value,
          "validation_strategy": ["type": "ValidateAdheresToSchema", "base_schema": tested.schema],
        ]
      ],
    ]
    let scope = BuildScope(config: [:], runtime: TestWorld([]).runtime, registry: .standard)
    let normalization = try ConfigNormalization(ManifestNode(ManifestValue(json: rules)), in: scope)
    let config: JSONObject = ["size": 5, "tags": ["a", "b"]]
    if tested.isValid {
      try await normalization.validate(config)
    } else {
      await #expect(throws: ConnectorError.self) { try await normalization.validate(config) }
    }
  }
}

@Suite("Changes of a config") struct ConfigDraftTests {
  @Test("a change inside an object that was there before is no reason to tell the platform, as with the reference")
  func told() throws {
    let config: JSONObject = ["a": 1, "o": ["x": 1], "l": [1]]
    func isTold(_ change: (inout ConfigDraft) throws -> Void) rethrows -> Bool {
      var draft = ConfigDraft(config)
      try change(&draft)
      return draft.isChanged
    }
    #expect(isTold { _ in } == false)
    #expect(try isTold { try $0.set(["a"], to: 1.0) } == false)
    #expect(try isTold { try $0.set(["a"], to: 2) })
    #expect(try isTold { try $0.set(["b"], to: 2) })
    #expect(try isTold { try $0.set(["o", "x"], to: 2) } == false)
    #expect(try isTold { try $0.set(["o"], to: ["x": 2]) })
    #expect(try isTold { $0.delete(try JSONGlobPath(["l", "0"])) } == false)
    #expect(try isTold { $0.delete(try JSONGlobPath(["l"])) })
  }
}
