import AirbyteProtocol
import JSON
import Testing

@testable import Components
@testable import ConnectorModel

/// What each transformation makes of a record.
@Suite struct TransformationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let transformation: String
    let record: String
    let result: String
    var testDescription: String { "\(transformation) of \(record)" }
  }

  static let cases: [Case] = [
    Case(
      transformation: #""AddFields", "fields": [{"path": ["b"], "value": "{{ record.a + 1 }}"}]"#, record: #"{"a":1}"#,
      result: #"{"a":1,"b":2}"#),
    Case(
      transformation: #""AddFields", "fields": [{"path": ["x", "y"], "value": "v"}]"#, record: "{}", result: #"{"x":{"y":"v"}}"#),
    Case(
      transformation: #""AddFields", "fields": [{"path": ["n"], "value": "{{ record.id }}", "value_type": "string"}]"#,
      record: #"{"id":7}"#, result: #"{"id":7,"n":"7"}"#),
    Case(
      transformation: #""AddFields", "condition": "{{ record.id > 7 }}", "fields": [{"path": ["n"], "value": "1"}]"#,
      record: #"{"id":7}"#, result: #"{"id":7}"#),
    Case(
      transformation: #""RemoveFields", "field_pointers": [["a"], ["c", "d"]]"#, record: #"{"a":1,"b":2,"c":{"d":3,"e":4}}"#,
      result: #"{"b":2,"c":{"e":4}}"#),
    Case(
      transformation: #""RemoveFields", "field_pointers": [["*", "x"]]"#, record: #"{"a":{"x":1,"y":2}}"#,
      result: #"{"a":{"y":2}}"#),
    Case(
      transformation: #""RemoveFields", "condition": "{{ property is none }}", "field_pointers": [["a"]]"#, record: #"{"a":1}"#,
      result: #"{"a":1}"#),
    Case(transformation: #""KeysToLower""#, record: #"{"Ab":1,"cD":{"EF":2}}"#, result: #"{"ab":1,"cd":{"EF":2}}"#),
    Case(transformation: #""KeysToSnakeCase""#, record: #"{"camelCase":1,"UserID":2}"#, result: #"{"camel_case":1,"user_id":2}"#),
    Case(
      transformation: #""KeysReplace", "old": "-", "new": "_""#, record: #"{"a-b":1,"c":{"d-e":2}}"#,
      result: #"{"a_b":1,"c":{"d_e":2}}"#),
    Case(transformation: #""FlattenFields""#, record: #"{"a":{"b":1},"c":[{"d":2}]}"#, result: #"{"c.0.d":2,"a.b":1}"#),
    Case(
      transformation: #""FlattenFields", "flatten_lists": false"#, record: #"{"a":{"b":1},"c":[{"d":2}]}"#,
      result: #"{"c":[{"d":2}],"b":1}"#),
    Case(
      transformation: #""DpathFlattenFields", "field_path": ["a"]"#, record: #"{"a":{"b":1},"c":2}"#,
      result: #"{"a":{"b":1},"c":2,"b":1}"#),
    Case(
      transformation: #""DpathFlattenFields", "field_path": ["a"], "delete_origin_value": true"#, record: #"{"a":{"b":1},"c":2}"#,
      result: #"{"c":2,"b":1}"#),
  ]

  @Test(arguments: cases) func whatBecomesOfARecord(_ tested: Case) throws {
    let transformation: any RecordTransformation = try TestWorld([]).build("{\"type\": \(tested.transformation)}")
    var record = Record(try JSONDocument(parsing: tested.record).root)
    try transformation.transform(&record, slice: .whole)
    #expect(JSONValue.object(record.object).jsonText == tested.result)
  }
}
