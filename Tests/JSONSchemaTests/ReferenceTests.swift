import JSON
import Testing

@testable import JSONSchema

@Suite struct ReferenceTests {
  @Test func unknownReferenceFailsOnlyWhereItIsMet() throws {
    let schema = try schema(##"{"properties": {"a": {"$ref": "#/definitions/none"}}}"##)
    #expect(schema.unresolvedReferences == ["#/definitions/none"])
    #expect(schema.isValid(try json("{}")))
    let error = try #require(schema.validate(try json(#"{"a": 1}"#)).first)
    #expect(error.keyword == "$ref")
    #expect(error.message == "The schema's reference '#/definitions/none' leads nowhere")
  }

  @Test(arguments: [
    ##"{"$ref": "#"}"##,
    ##"{"allOf": [{"$ref": "#"}]}"##,
    ##"{"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}"##,
    ##"{"not": {"$ref": "#"}}"##,
    ##"{"if": {"$ref": "#"}, "then": false}"##,
    ##"{"oneOf": [{"$ref": "#"}, true]}"##,
    ##"{"$ref": "#/definitions/a", "definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}}}"##,
  ])
  func endlessReferencesAreGivenUp(text: String) throws {
    let schema = try schema(text)
    #expect(!schema.isValid(.int(1)))
    let errors = schema.validate(.int(1))
    #expect(errors.count == 1)
    #expect(errors.first?.message.hasPrefix("Validation was given up") == true)
    #expect(schema.pythonError(.int(1))?.pythonMessage == "maximum recursion depth exceeded")
  }

  @Test func deepValuesAreGivenUp() throws {
    let schema = try schema(##"{"items": {"$ref": "#"}}"##)
    func nested(_ levels: Int) -> JSONValue { (0..<levels).reduce(.int(1)) { value, _ in .array([value]) } }
    #expect(schema.isValid(nested(400)))
    #expect(schema.validate(nested(5_000)).first?.message.contains("levels deep") == true)
  }

  @Test func alternativesDoNotMultiply() throws {
    // Each level tries both alternatives, and both go on into the next level.
    let schema = try schema(
      """
      {"anyOf": [{"properties": {"a": {"$ref": "#"}, "x": {"const": 1}}}, {"properties": {"a": {"$ref": "#"}, "x": {"const": 2}}}],
       "type": "object"}
      """)
    let value = (0..<60).reduce(JSONValue.int(0)) { value, _ in .object(["a": value]) }
    #expect(schema.validate(value).first?.message.contains("cannot all be tried") == true)
  }

  @Test(arguments: [
    ("http://a/b/c/d;p?q", "g", "http://a/b/c/g"), ("http://a/b/c/d;p?q", "./g", "http://a/b/c/g"),
    ("http://a/b/c/d;p?q", "g/", "http://a/b/c/g/"), ("http://a/b/c/d;p?q", "/g", "http://a/g"),
    ("http://a/b/c/d;p?q", "//g", "http://g"), ("http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y"),
    ("http://a/b/c/d;p?q", "..", "http://a/b/"), ("http://a/b/c/d;p?q", "../..", "http://a/"),
    ("http://a/b/c/d;p?q", "../../g", "http://a/g"), ("http://a/b/c/d;p?q", "g:h", "g:h"),
    ("http://a", "g", "http://a/g"), ("", "g.json", "g.json"), ("a/b.json", "c.json", "a/c.json"),
    ("http://a/b", "", "http://a/b"),
  ])
  func joining(base: String, reference: String, expected: String) {
    #expect(URIReference.join(base, reference) == expected)
  }
}
