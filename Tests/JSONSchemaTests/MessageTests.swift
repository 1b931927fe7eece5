import JSON
import Python
import Testing

@testable import JSONSchema

@Suite struct MessageTests {
  @Test(arguments: [
    (#"{"type": ["null", "integer"]}"#, #""x""#, "the string 'x' was found where null or an integer is expected"),
    (#"{"enum": ["a", 1, null]}"#, "2", "2 is not one of 'a', 1, null"),
    (#"{"const": "a"}"#, "[1]", "a list of 1 was found where only 'a' is allowed"),
    (#"{"required": ["a"]}"#, "{}", "The property 'a' is missing"),
    (#"{"additionalProperties": false}"#, #"{"b": 1, "a": 2}"#, "The properties 'a', 'b' are not known here"),
    (#"{"minItems": 1}"#, "[]", "This list has fewer than 1 element"),
    (#"{"maxProperties": 2}"#, #"{"a": 1, "b": 1, "c": 1}"#, "This object has more than 2 properties"),
    (#"{"pattern": "^a"}"#, #""b""#, "'b' does not match the pattern '^a'"),
    (#"{"dependencies": {"a": ["b"]}}"#, #"{"a": 1}"#, "The property 'b' is missing: 'a' needs it"),
    (#"{"minLength": 2}"#, #""b""#, "'b' is shorter than 2 characters"),
    (#"{"not": {}}"#, "{}", "an empty object matches a schema that it must not match"),
    (#"{"uniqueItems": true}"#, "[1, 1]", "Two elements of this list are equal"),
    (#"{"oneOf": [true, true]}"#, "1", "1 fits 2 alternatives, but must fit exactly one"),
    (#"{"contains": {"const": 1}}"#, "[]", "No element of this list fits `contains`"),
    ("false", "1", "No value is allowed here"),
  ])
  func sentences(schemaText: String, instance: String, expected: String) throws {
    #expect(try schema(schemaText).validate(try json(instance)).first?.message == expected)
  }

  /// A part of a secret could not be recognised, so a long value is quoted as a whole or not at all.
  @Test(arguments: [
    (#"{"type": "null"}"#, 500, "a string of 500 characters was found where null is expected"),
    (#"{"type": "null"}"#, 61, "a string of 61 characters was found where null is expected"),
    (#"{"pattern": "^a"}"#, 61, "a string of 61 characters does not match the pattern '^a'"),
    (#"{"enum": ["a", 1]}"#, 500, "a string of 500 characters is not one of 'a', 1"),
    (#"{"maxLength": 2}"#, 500, "a string of 500 characters is longer than 2 characters"),
    (
      #"{"type": "null"}"#, 60,
      "the string 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' was found where null is expected"
    ),
  ])
  func longValuesAreNamedByTheirLength(schemaText: String, length: Int, expected: String) throws {
    let instance = JSONValue.string(String(repeating: "x", count: length))
    #expect(try schema(schemaText).validate(instance).first?.message == expected)
  }

  @Test func longNumbersAreNamedByTheirLength() throws {
    let error = try schema(#"{"type": "null"}"#).validate(try json(String(repeating: "7", count: 61))).first
    #expect(error?.message == "a number of 61 characters was found where null is expected")
  }

  /// What the schema says is quoted as it stands there.
  @Test func longRulesAreQuotedWhole() throws {
    let rule = String(repeating: "y", count: 500)
    for keyword in ["const", "pattern"] {
      let errors = try schema(#"{"\#(keyword)": "\#(rule)"}"#).validate("x")
      #expect(errors.first?.message.contains("'\(rule)'") == true)
      #expect(errors.first?.discreetMessage.contains("'\(rule)'") == true)
    }
    #expect(try schema(#"{"enum": ["\#(rule)", 1]}"#).validate("x").first?.message == "'x' is not one of '\(rule)', 1")
  }

  @Test(arguments: [
    (#""it's""#, #""it's""#), (#""a \"b\" it's""#, #"'a "b" it\'s'"#), (#""\n\t\u0001\u00a0\ud83d\ude00""#, #"'\n\t\x01\xa0😀'"#),
    ("[null, true, false]", "[None, True, False]"), (#"{"a": {"b": []}}"#, "{'a': {'b': []}}"),
    ("1.0", "1.0"), ("1e16", "1e+16"), ("1e15", "1000000000000000.0"), ("0.0001", "0.0001"), ("0.00001", "1e-05"),
    ("123456789012345680.0", "1.2345678901234568e+17"), ("-0.0", "-0.0"), ("1e400", "inf"), ("NaN", "nan"),
    ("123456789012345678901234567890", "123456789012345678901234567890"), ("1.50", "1.5"), ("5e-324", "5e-324"),
  ])
  func reprOfPython(text: String, expected: String) throws {
    #expect(PythonRepr.of(try json(text)) == expected)
  }
}
