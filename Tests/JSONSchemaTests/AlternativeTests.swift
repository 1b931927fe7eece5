import JSON
import Testing

@testable import JSONSchema

/// What is said where a value fits no alternative.
@Suite struct AlternativeTests {
  @Test(arguments: [
    (#"[{"const": "mock"}, {"type": "array", "items": {"type": "object"}}]"#, "'mock' or a list of objects"),
    (
      #"[{"const": 1}, {"title": "a list of expectations", "type": "array"}, {"type": "object", "minProperties": 1, "properties": {"files": {}, "replay": {}}}]"#,
      "1, a list of expectations, {files: …} or {replay: …}"
    ),
    (#"[{"required": ["manifest"]}, {"type": "object", "required": ["type", "name"]}]"#, "{manifest: …} or {type: …, name: …}"),
    (#"[{"enum": ["a", "b"]}, {"type": ["null", "boolean"]}]"#, "'a', 'b' or null or a boolean"),
    (#"[{"type": "array"}, {"type": "array", "items": [{}]}]"#, "a list"),
    (#"[{"enum": [1, 2, 3, 4, 5]}, {"enum": [6, 7, 8, 9, 10]}]"#, "1, 2, 3, 4, 5, 6, 7, 8 and 2 others"),
    // What has no short name is not named.
    (##"[{"const": 1}, {"$ref": "#/definitions/a"}]"##, nil), (#"[{"const": 1}, {}]"#, nil), (#"[{"const": 1}]"#, nil),
    ("{}", nil),
  ])
  func namesOfForms(schemas: String, names: String?) throws {
    #expect(Alternatives.names(of: try JSONValue(parsing: schemas)) == names)
  }

  @Test func sentencesNameThem() throws {
    let error = try schema(#"{"anyOf": [{"const": "mock"}, {"type": "array"}]}"#).validate(try json(#"{"a": 1}"#)).first
    #expect(error?.discreetMessage == "the value fits none of the alternatives: 'mock' or a list")
  }
}
