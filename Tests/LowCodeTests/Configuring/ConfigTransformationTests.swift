import AirbyteProtocol
import JSON
import Testing

@testable import Components
@testable import ConnectorModel

/// What each rule makes of a config.
@Suite struct ConfigTransformationTests {
  @Test(arguments: [
    (
      #""ConfigAddFields", "fields": [{"type": "AddedFieldDefinition", "path": ["b"], "value": "{{ config['a'] + 1 }}"}]"#,
      #"{"a":1}"#, #"{"a":1,"b":2}"#
    ),
    (
      #""ConfigAddFields", "condition": "{{ config['a'] > 1 }}", "fields": [{"type": "AddedFieldDefinition", "path": ["b"], "value": "x"}]"#,
      #"{"a":1}"#, #"{"a":1}"#
    ),
    (
      #""ConfigAddFields", "fields": [{"type": "AddedFieldDefinition", "path": ["x", "y"], "value": "v"}]"#, "{}",
      #"{"x":{"y":"v"}}"#
    ),
    (
      #""ConfigRemapField", "field_path": ["zone"], "map": {"eu": "https://eu.test"}"#, #"{"zone":"eu"}"#,
      #"{"zone":"https://eu.test"}"#
    ),
    (#""ConfigRemapField", "field_path": ["zone"], "map": {"eu": "https://eu.test"}"#, #"{"zone":"us"}"#, #"{"zone":"us"}"#),
    (#""ConfigRemapField", "field_path": ["in", "zone"], "map": {"eu": "e"}"#, #"{"in":{"zone":"eu"}}"#, #"{"in":{"zone":"e"}}"#),
    (#""ConfigRemapField", "field_path": ["in", "zone"], "map": {"eu": "e"}"#, #"{"in":1}"#, #"{"in":1}"#),
    (#""ConfigRemoveFields", "field_pointers": [["a"]]"#, #"{"a":1,"b":2}"#, #"{"b":2}"#),
    (
      #""ConfigRemoveFields", "condition": "{{ config['b'] == 3 }}", "field_pointers": [["a"]]"#, #"{"a":1,"b":2}"#,
      #"{"a":1,"b":2}"#
    ),
  ])
  func whatBecomesOfAConfig(rule: String, before: String, after: String) async throws {
    let transformation: any ConfigTransformation = try TestWorld([]).build("{\"type\": \(rule)}")
    var draft = ConfigDraft(try JSONValue(parsing: before).object ?? [:])
    try await transformation.transform(&draft)
    #expect(JSONValue.object(draft.values).jsonText == after)
  }

  @Test(arguments: [
    (#"{"a":5}"#, true), (#"{"a":"5"}"#, true), (#"{"a":"five"}"#, false), (#"{"a":true}"#, false), ("{}", true),
    (#"{"b":"x"}"#, true),
  ])
  func aValueThatShouldBeANumber(config: String, isValid: Bool) async throws {
    let validation: any ConfigValidation = try TestWorld([]).build(
      #"{"type": "DpathValidator", "field_path": ["a"], "validation_strategy": {"type": "ValidateAdheresToSchema", "base_schema": {"type": "integer"}}}"#
    )
    let config = try JSONValue(parsing: config).object ?? [:]
    if isValid {
      try await validation.validate(config)
    } else {
      await #expect(throws: ConnectorError.self) { try await validation.validate(config) }
    }
  }
}
