import JSON
import Testing

@testable import JSONSchema

@Suite struct SchemaErrorTests {
  @Test(arguments: [
    (#"{"type": "strin"}"#, "type"), (#"{"type": ["string", "string"]}"#, "type"),
    (#"{"properties": {"a": {"minimum": "1"}}}"#, "properties.a.minimum"),
    (#"{"properties": {"a": {"required": true}}}"#, "properties.a.required"),
    (#"{"properties": ["a"]}"#, "properties"), (#"{"anyOf": []}"#, "anyOf"), (#"{"items": 5}"#, "items"),
    (#"{"minLength": -1}"#, "minLength"), (#"{"multipleOf": 0}"#, "multipleOf"), (#"{"pattern": "("}"#, "pattern"),
    (#"{"patternProperties": {"[": {}}}"#, "patternProperties"), (#"{"$ref": 5}"#, "$ref"), (#"{"enum": 5}"#, "enum"),
    (#"{"definitions": {"a": {"type": 5}}}"#, "definitions.a.type"), ("5", ""),
  ])
  func faultySchemasNameThePlace(text: String, path: String) throws {
    let value = try json(text)
    let error = #expect(throws: JSONSchemaError.self) { try JSONSchema(compiling: value) }
    #expect(error?.path.dotted == path)
    #expect(error?.description.hasPrefix("The schema is not valid") == true)
  }

  @Test(arguments: [#"{"items": [{}]}"#, #"{"$id": "a#b"}"#, #"{"dependentRequired": {"a": 1}}"#])
  func refusedIn2020Only(text: String) throws {
    let value = try json(text)
    #expect(throws: JSONSchemaError.self) { try JSONSchema(compiling: value, dialect: .draft2020) }
    #expect(throws: Never.self) { try JSONSchema(compiling: value) }
  }

  @Test func aSchemaNestedWithoutEndIsRefused() {
    let deep = (0..<3_000).reduce(JSONValue.object(["type": .string("string")])) { value, _ in .object(["not": value]) }
    #expect(throws: JSONSchemaError.self) { try JSONSchema(compiling: deep) }
  }

  @Test func pathsReadAloud() {
    let path: [PathElement] = [.key("a"), .index(2), .key("b c"), .key("d")]
    #expect(path.dotted == #"a[2]["b c"].d"#)
  }
}
