import JSON
import Testing

@testable import JSONSchema

@Suite struct BestErrorTests {
  static let shapes = ##"""
    {"type": "object", "properties": {"shape": {"anyOf": [
       {"$ref": "#/definitions/Circle"}, {"$ref": "#/definitions/Square"}, {"$ref": "#/definitions/Group"}]}},
     "definitions": {
       "Circle": {"type": "object", "required": ["type", "radius"],
         "properties": {"type": {"type": "string", "enum": ["Circle"]}, "radius": {"type": "number"}}},
       "Square": {"type": "object", "required": ["type", "side"],
         "properties": {"type": {"type": "string", "enum": ["Square"]}, "side": {"type": "number"}}},
       "Group": {"type": "object", "required": ["type", "parts"],
         "properties": {"type": {"type": "string", "enum": ["Group"]},
           "parts": {"type": "array", "items": {"anyOf": [
             {"$ref": "#/definitions/Circle"}, {"$ref": "#/definitions/Square"}, {"$ref": "#/definitions/Group"}]}}}}}}
    """##

  @Test(arguments: [
    (#"{"shape": {"type": "Square", "side": "x"}}"#, "shape.side: the string 'x' was found where a number is expected"),
    (#"{"shape": {"type": "Square"}}"#, "shape: The property 'side' is missing"),
    (#"{"shape": {"type": "Sqare", "side": 1}}"#, "shape.type: 'Sqare' is not one of 'Circle', 'Square', 'Group'"),
    (#"{"shape": {"side": 1}}"#, "shape: The property 'type' is missing: it is one of 'Circle', 'Square', 'Group'"),
    (#"{"shape": 5}"#, "shape: the number 5 was found where an object is expected"),
    (
      #"{"shape": {"type": "Group", "parts": [{"type": "Circle", "radius": 1}, {"type": "Group", "parts": [{"type": "Circle"}]}]}}"#,
      "shape.parts[1].parts[0]: The property 'radius' is missing"
    ),
    (#"{"shape": {"type": "Group", "parts": {}}}"#, "shape.parts: an empty object was found where an array is expected"),
    (#"[]"#, "an empty list was found where an object is expected"),
  ])
  func alternativeThatWasMeant(text: String, expected: String) throws {
    let schema = try schema(Self.shapes)
    #expect(schema.firstError(try json(text))?.description == expected)
  }

  @Test func anotherPropertyTellsAlternativesApart() throws {
    let schema = try schema(
      """
      {"oneOf": [{"properties": {"kind": {"const": "key"}, "key": {"type": "string"}}, "required": ["kind", "key"]},
                 {"properties": {"kind": {"const": "login"}, "user": {"type": "string"}}, "required": ["kind", "user"]}]}
      """)
    #expect(schema.firstError(try json(#"{"kind": "login", "user": 1}"#))?.instancePath == [.key("user")])
    #expect(schema.firstError(try json(#"{"kind": "logn"}"#))?.instancePath == [.key("kind")])
  }

  @Test func higherErrorsComeFirst() throws {
    let schema = try schema(#"{"properties": {"a": {"properties": {"b": {"type": "null"}}}}, "required": ["c"]}"#)
    let errors = schema.validate(try json(#"{"a": {"b": 1}}"#))
    #expect(errors.map(\.keyword) == ["type", "required"])
    #expect(errors.best?.keyword == "required")
    #expect(schema.firstError(try json(#"{"a": {}, "c": 1}"#)) == nil)
  }

  @Test func errorsSayWhere() throws {
    let schema = try schema(#"{"properties": {"a": {"items": [{}, {"maximum": 3}]}}}"#)
    let error = try #require(schema.validate(try json(#"{"a": [0, 4]}"#)).first)
    #expect(error.instancePath == [.key("a"), .index(1)])
    #expect(error.schemaPath == [.key("properties"), .key("a"), .key("items"), .index(1), .key("maximum")])
    #expect(error.keyword == "maximum")
    #expect(error.keywordValue == .int(3))
    #expect(error.instance == .int(4))
    #expect(error.pythonMessage == "4 is greater than the maximum of 3")
  }

  @Test func contextHoldsTheAlternativesThatMayHaveBeenMeant() throws {
    let schema = try schema(#"{"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 3}]}"#)
    let error = try #require(schema.validate(.int(1)).first)
    #expect(error.context.map(\.keyword) == ["minimum"])
    #expect(error.best.keyword == "minimum")
    #expect(schema.errors(.int(1), complete: true).first?.context.map(\.keyword) == ["type", "minimum"])
  }
}
