import JSON
import Testing

@testable import JSONSchema

@Suite struct KeywordTests {
  static let scalars: [Verdicts] = [
    .init("true", valid: ["1", "null"]),
    .init("false", invalid: ["1", "null", "{}"]),
    .init("{}", valid: ["1", "null", "[]"]),
    .init(
      #"{"type": "integer"}"#, valid: ["1", "1.0", "-0.0", "1e300", "9223372036854775808"], invalid: ["1.5", "true", #""1""#]),
    .init(#"{"type": "number"}"#, valid: ["1", "1.5", "1.10"], invalid: ["true", #""1""#, "null"]),
    .init(#"{"type": "boolean"}"#, valid: ["true", "false"], invalid: ["0", "1", "null"]),
    .init(#"{"type": ["null", "string"]}"#, valid: ["null", #""""#], invalid: ["0", "[]", "{}", "false"]),
    .init(#"{"type": "array"}"#, valid: ["[]"], invalid: ["{}", #""[]""#]),
    .init(#"{"type": "object"}"#, valid: ["{}"], invalid: ["[]", "null"]),
    .init(#"{"enum": ["a", "b"]}"#, valid: [#""a""#], invalid: [#""c""#, "1", "null"]),
    .init(#"{"enum": ["é"]}"#, valid: [#""é""#], invalid: [#""e\u0301""#]),
    .init(#"{"enum": [1, [true], null]}"#, valid: ["1", "1.0", "[true]", "null"], invalid: ["true", "[1]", "0"]),
    .init(#"{"enum": []}"#, invalid: ["1", "null"]),
    .init(
      #"{"const": {"a": 1, "b": [2]}}"#, valid: [#"{"b": [2.0], "a": 1}"#], invalid: [#"{"a": 1}"#, #"{"a": true, "b": [2]}"#]),
    .init(#"{"const": 0}"#, valid: ["0", "-0.0", "0e5"], invalid: ["false", "null", #""0""#]),
    .init(#"{"minimum": 1}"#, valid: ["1", "1.0", #""0""#, "true"], invalid: ["0", "0.999", "-99999999999999999999"]),
    .init(#"{"maximum": 9007199254740992}"#, valid: ["9007199254740992.0"], invalid: ["9007199254740993", "1e17"]),
    .init(#"{"exclusiveMinimum": 0}"#, valid: ["1e-300"], invalid: ["0", "-0.0", "-1"]),
    .init(#"{"exclusiveMaximum": 1e22}"#, valid: ["9999999999999999999999"], invalid: ["10000000000000000000000", "1e22"]),
    .init(#"{"minimum": 1, "maximum": 2}"#, valid: ["NaN"], invalid: ["Infinity", "-Infinity"]),
    .init(#"{"multipleOf": 0.01}"#, valid: ["1", "0.06"], invalid: ["4.352", "0.005", "0.07"]),
    .init(#"{"multipleOf": 2}"#, valid: ["4", "4.0", "100000000000000000000"], invalid: ["3", "4.5", "100000000000000000001"]),
    .init(
      #"{"multipleOf": 36893488147419103232}"#, valid: ["0", "73786976294838206464"], invalid: ["2", "36893488147419103233"]),
    .init(#"{"minLength": 2}"#, valid: [#""ab""#, #""e\u0301""#, "1"], invalid: [#""a""#, #""😀""#]),
    .init(#"{"maxLength": 2}"#, valid: [#""😀😀""#, #""éé""#, "[1, 2, 3]"], invalid: [#""abc""#, #""👨‍👩""#]),
    .init(#"{"maxLength": 2.0}"#, valid: [#""ab""#], invalid: [#""abc""#]),
    .init(#"{"pattern": "^a+$"}"#, valid: [#""aa""#, #""a\n""#, "5"], invalid: [#""ab""#, #""""#, #""b\na""#]),
    .init(#"{"pattern": "b"}"#, valid: [#""abc""#], invalid: [#""ac""#]),
    .init(#"{"format": "date"}"#, valid: [#""not a date""#]),
  ]

  static let arrays: [Verdicts] = [
    .init(#"{"items": {"type": "string"}}"#, valid: ["[]", #"["a"]"#, "{}"], invalid: ["[1]", #"["a", null]"#]),
    .init(#"{"items": false}"#, valid: ["[]"], invalid: ["[1]"]),
    .init(#"{"items": [{"const": 1}, {"const": 2}]}"#, valid: ["[]", "[1]", "[1, 2, 9]"], invalid: ["[2]", "[1, 1]"]),
    .init(#"{"items": [{}], "additionalItems": false}"#, valid: ["[]", "[5]"], invalid: ["[5, 5]"]),
    .init(#"{"items": [{}], "additionalItems": {"const": 1}}"#, valid: ["[5, 1]"], invalid: ["[5, 5]"]),
    .init(#"{"items": {}, "additionalItems": false}"#, valid: ["[1, 2]"]),
    .init(#"{"additionalItems": false}"#, valid: ["[1, 2]"]),
    .init(#"{"contains": {"const": 1}}"#, valid: ["[0, 1]", "{}"], invalid: ["[]", "[0]"]),
    .init(#"{"minItems": 1, "maxItems": 2}"#, valid: ["[1]", "[1, 2]", "{}"], invalid: ["[]", "[1, 2, 3]"]),
    .init(
      #"{"uniqueItems": true}"#, valid: ["[]", "[1, true, 0, false]", #"["a", "A", "é", "e\u0301"]"#, "[[1], [true], 3]"],
      invalid: ["[1, 1.0]", "[1, 2, 1]", #"[{"a": 1, "b": 2}, 0, {"b": 2, "a": 1}]"#, "[[1, [2]], [1, [2.0]]]"]),
    .init(#"{"uniqueItems": false}"#, valid: ["[1, 1]"]),
  ]

  static let objects: [Verdicts] = [
    .init(
      #"{"properties": {"a": {"type": "integer"}}}"#, valid: ["{}", #"{"a": 1}"#, #"{"b": "x"}"#, "5"], invalid: [#"{"a": "x"}"#]),
    .init(#"{"required": ["a", "b"]}"#, valid: [#"{"a": null, "b": 1}"#, "[]"], invalid: ["{}", #"{"a": 1}"#]),
    .init(
      #"{"properties": {"a": {}}, "additionalProperties": false}"#, valid: ["{}", #"{"a": 1}"#], invalid: [#"{"a": 1, "b": 1}"#]),
    .init(
      #"{"properties": {"a": {}}, "patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": {"type": "null"}}"#,
      valid: [#"{"a": 1, "x-1": "s", "z": null}"#], invalid: [#"{"x-1": 1}"#, #"{"z": 1}"#]),
    .init(
      #"{"patternProperties": {"a": {"maximum": 5}, "b$": false}}"#, valid: [#"{"ba": 5}"#],
      invalid: [#"{"xa": 6}"#, #"{"b": 1}"#]),
    .init(#"{"propertyNames": {"maxLength": 2}}"#, valid: [#"{"ab": 1}"#], invalid: [#"{"abc": 1}"#]),
    .init(
      #"{"dependencies": {"a": ["b"], "c": {"required": ["d"]}, "e": false}}"#,
      valid: ["{}", #"{"a": 1, "b": 1}"#, #"{"c": 1, "d": 1}"#], invalid: [#"{"a": 1}"#, #"{"c": 1}"#, #"{"e": 1}"#]),
    .init(
      #"{"minProperties": 1, "maxProperties": 2}"#, valid: [#"{"a": 1}"#, "[]"], invalid: ["{}", #"{"a": 1, "b": 1, "c": 1}"#]),
  ]

  static let combinations: [Verdicts] = [
    .init(#"{"allOf": [{"minimum": 1}, {"maximum": 2}]}"#, valid: ["1", "2"], invalid: ["0", "3"]),
    .init(#"{"anyOf": [{"type": "string"}, {"minimum": 5}]}"#, valid: [#""a""#, "6", "null"], invalid: ["4"]),
    .init(#"{"oneOf": [{"minimum": 1}, {"maximum": 2}]}"#, valid: ["0", "3"], invalid: ["1", "2"]),
    .init(#"{"oneOf": [false, false]}"#, invalid: ["1"]),
    .init(#"{"not": {"type": "string"}}"#, valid: ["1"], invalid: [#""a""#]),
    .init(#"{"not": false}"#, valid: ["1"]),
    .init(
      #"{"if": {"minimum": 5}, "then": {"multipleOf": 2}, "else": {"multipleOf": 3}}"#, valid: ["6", "3"], invalid: ["7", "4"]),
    .init(#"{"if": {"minimum": 5}, "then": false}"#, valid: ["4"], invalid: ["5"]),
    .init(#"{"then": false, "else": false}"#, valid: ["4"]),
    .init(#"{"if": true, "else": false}"#, valid: ["4"]),
  ]

  @Test(arguments: scalars + arrays + objects + combinations)
  func verdicts(_ table: Verdicts) throws {
    let schema = try schema(table.schema)
    for text in table.valid {
      let instance = try json(text)
      #expect(schema.isValid(instance), "\(text)")
      #expect(schema.validate(instance).isEmpty, "\(text)")
    }
    for text in table.invalid {
      let instance = try json(text)
      #expect(!schema.isValid(instance), "\(text)")
      #expect(!schema.validate(instance).isEmpty, "\(text)")
    }
  }

  static let draft2020: [Verdicts] = [
    .init(##"{"$ref": "#/$defs/a", "minimum": 5, "$defs": {"a": {"type": "integer"}}}"##, valid: ["5"], invalid: ["4", "5.5"]),
    .init(#"{"prefixItems": [{"const": 1}], "items": {"const": 2}}"#, valid: ["[1, 2, 2]"], invalid: ["[2]", "[1, 1]"]),
    .init(#"{"prefixItems": [{}], "items": false}"#, valid: ["[1]"], invalid: ["[1, 1]"]),
    .init(
      #"{"contains": {"const": 1}, "minContains": 2, "maxContains": 3}"#, valid: ["[1, 1]"], invalid: ["[1]", "[1, 1, 1, 1]"]),
    .init(#"{"contains": {"const": 1}, "minContains": 0}"#, valid: ["[]"]),
    .init(
      #"{"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"required": ["d"]}}}"#,
      valid: [#"{"b": 1}"#], invalid: [#"{"a": 1}"#, #"{"c": 1}"#]),
    .init(#"{"dependencies": {"a": ["b"]}}"#, valid: [#"{"a": 1}"#]),
    .init(
      ##"{"properties": {"a": {"$ref": "#x"}}, "$defs": {"n": {"$anchor": "x", "const": 1}}}"##, valid: [##"{"a": 1}"##],
      invalid: [##"{"a": 2}"##]),
  ]

  @Test(arguments: draft2020)
  func verdictsOf2020(_ table: Verdicts) throws {
    let schema = try schema(table.schema, dialect: .draft2020)
    for text in table.valid { #expect(schema.isValid(try json(text)), "\(text)") }
    for text in table.invalid { #expect(!schema.isValid(try json(text)), "\(text)") }
  }

  @Test(arguments: [
    (#"{}"#, Dialect.draft2020),
    (#"true"#, .draft2020),
    (#"{"$schema": "http://json-schema.org/draft-07/schema#"}"#, .draft7),
    (#"{"$schema": "http://json-schema.org/draft-07/schema"}"#, .draft7),
    (#"{"$schema": "http://json-schema.org/draft-04/schema#"}"#, .draft7),
    (#"{"$schema": "http://json-schema.org/schema#"}"#, .draft2020),
    (#"{"$schema": "https://json-schema.org/draft/2020-12/schema"}"#, .draft2020),
  ])
  func editionOfSchema(text: String, dialect: Dialect) throws {
    #expect(Dialect(of: try json(text)) == dialect)
  }
}
