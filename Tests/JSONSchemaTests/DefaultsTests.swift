import JSON
import Testing

@testable import JSONSchema

@Suite struct DefaultsTests {
  @Test(arguments: [
    (##"{"properties": {"a": {"default": 1}, "b": {}}}"##, "{}", #"{"a": 1}"#),
    (##"{"properties": {"a": {"default": 1}}}"##, #"{"a": null}"#, #"{"a": null}"#),
    (##"{"properties": {"a": {"default": {}, "properties": {"b": {"default": 2}}}}}"##, #"{"a": {}}"#, #"{"a": {"b": 2}}"#),
    (##"{"items": {"properties": {"a": {"default": 1}}}}"##, "[{}, 5]", #"[{"a": 1}, 5]"#),
    (##"{"items": [{}, {"properties": {"a": {"default": 1}}}]}"##, "[{}, {}, {}]", #"[{}, {"a": 1}, {}]"#),
    (
      ##"{"allOf": [{"properties": {"a": {"default": 1}}}, {"$ref": "#/definitions/x"}], "definitions": {"x": {"properties": {"b": {"default": 2}}}}}"##,
      "{}", #"{"a": 1, "b": 2}"#
    ),
    (##"{"anyOf": [{"properties": {"a": {"default": 1}}}]}"##, "{}", "{}"),
    (##"{"allOf": [{"$ref": "#"}, {"$ref": "#"}]}"##, "{}", "{}"),
    (##"{"properties": {"a": {"default": 1}}}"##, "7", "7"),
  ])
  func filling(schemaText: String, instance: String, expected: String) throws {
    #expect(try schema(schemaText).applyingDefaults(to: try json(instance)) == json(expected))
  }
}
