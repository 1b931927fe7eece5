import JSON
import Testing

@testable import Secrets

/// Where specs can mark secrets, and where configs can have them.
@Suite struct SpecSecretsTests {
  private static let mark = #"{"airbyte_secret": true}"#

  private func mask(_ spec: String, _ config: String) throws -> SecretMask {
    let mask = SecretMask()
    let spec = try JSONValue(parsing: spec)
    mask.hide(secretsOf: try JSONValue(parsing: config).object ?? [:], spec: spec)
    return mask
  }

  @Test(arguments: [
    (#"{"properties": {"k": MARK}}"#, #"{"k": "S3CRET", "plain": "visible"}"#),
    (#"{"properties": {"o": {"properties": {"k": MARK, "p": {}}}}}"#, #"{"o": {"k": "S3CRET", "p": "visible"}}"#),
    (#"{"patternProperties": {"^k": MARK}}"#, #"{"k": "S3CRET"}"#),
    (#"{"properties": {"plain": {}}, "additionalProperties": MARK}"#, #"{"k": "S3CRET", "plain": "visible"}"#),
    (#"{"properties": {"plain": {}}, "unevaluatedProperties": MARK}"#, #"{"k": "S3CRET", "plain": "visible"}"#),
    (#"{"propertyNames": MARK}"#, #"{"S3CRET": 1}"#),
    (#"{"dependencies": {"plain": {"properties": {"k": MARK}}, "k": ["plain"]}}"#, #"{"k": "S3CRET", "plain": "visible"}"#),
    (#"{"dependentSchemas": {"plain": {"properties": {"k": MARK}}}}"#, #"{"k": "S3CRET", "plain": "visible"}"#),
    (#"{"properties": {"l": {"contains": MARK}}}"#, #"{"l": ["S3CRET"]}"#),
    (#"{"properties": {"l": {"items": {"properties": {"k": MARK}}}}}"#, #"{"l": [{"k": "S3CRET", "p": "visible"}]}"#),
    (#"{"properties": {"l": {"items": [{}, MARK]}}}"#, #"{"l": ["visible", "S3CRET"]}"#),
    (#"{"properties": {"l": {"prefixItems": [{}, MARK]}}}"#, #"{"l": ["visible", "S3CRET"]}"#),
    (#"{"properties": {"l": {"items": [{}], "additionalItems": MARK}}}"#, #"{"l": ["S3CRET", "S3CRET"]}"#),
    (#"{"not": {"properties": {"k": MARK}}}"#, #"{"k": "S3CRET"}"#),
    (#"{"if": {}, "then": {"properties": {"k": MARK}}}"#, #"{"k": "S3CRET"}"#),
    (#"{"if": {}, "else": {"properties": {"k": MARK}}}"#, #"{"k": "S3CRET"}"#),
    (#"{"if": {"properties": {"k": MARK}}}"#, #"{"k": "S3CRET"}"#),
    (#"{"oneOf": [{}, {"anyOf": [{"allOf": [{"properties": {"k": MARK}}]}]}]}"#, #"{"k": "S3CRET", "plain": "visible"}"#),
    (##"{"properties": {"k": {"$ref": "#/definitions/a~1b"}}, "definitions": {"a/b": MARK}}"##, #"{"k": "S3CRET"}"#),
    (
      ##"{"properties": {"k": {"$ref": "#key"}}, "$defs": {"x": {"$anchor": "key", "airbyte_secret": true}}}"##,
      #"{"k": "S3CRET"}"#
    ),
    (##"{"properties": {"k": MARK, "c": {"$ref": "#"}}}"##, #"{"c": {"c": {"c": {"k": "S3CRET"}}}}"#),
    // What the config leaves out.
    (#"{"properties": {"k": {"airbyte_secret": true, "default": "S3CRET"}}}"#, "{}"),
    (#"{"properties": {"k": {"airbyte_secret": true, "const": "S3CRET"}}}"#, "{}"),
    (#"{"properties": {"k": {"airbyte_secret": true, "enum": ["a", "S3CRET"]}}}"#, "{}"),
    (#"{"properties": {"o": {"properties": {"k": {"airbyte_secret": true, "default": "S3CRET"}}}}}"#, "{}"),
    // Secrets of other shapes than they should have.
    (#"{"properties": {"k": MARK}}"#, #"{"k": ["S3CRET"]}"#),
    (#"{"properties": {"k": MARK}}"#, #"{"k": {"a": {"b": "S3CRET"}}}"#),
    (#"{"properties": {"k": MARK}}"#, #"{"k": {"S3CRET": true}}"#),
    (#"{"properties": {"o": {"properties": {"k": MARK}}}}"#, #"{"o": "S3CRET"}"#),
    (#"{"properties": {"o": {"oneOf": [{"properties": {"k": MARK}}]}}}"#, #"{"o": ["S3CRET"]}"#),
    (#"{"properties": {"l": {"items": MARK}}}"#, #"{"l": "S3CRET"}"#),
    (##"{"properties": {"l": {"items": {"$ref": "#/definitions/k"}}}, "definitions": {"k": MARK}}"##, #"{"l": {"x": "S3CRET"}}"#),
    // A name that is not quite right.
    (#"{"properties": {"api_key": MARK}}"#, #"{"apiKey": "S3CRET", "plain": "visible"}"#),
  ])
  func isFound(spec: String, config: String) throws {
    let mask = try mask(spec.replacing("MARK", with: Self.mark), config)
    #expect(mask.masked("<S3CRET> visible") == "<****> visible")
  }

  @Test(arguments: [
    ("4711123", "4711123"), ("47.5001", "47.5001"), ("1e22", "1e+22"), ("12345678901234567890", "12345678901234567890"),
  ])
  func numbersAreHiddenAsTheyAreShown(number: String, shown: String) throws {
    let mask = try mask(#"{"properties": {"k": {"airbyte_secret": true}}}"#, #"{"k": \#(number)}"#)
    #expect(mask.masked("<\(shown)>") == "<****>")
  }

  @Test func namesThatTheSpecGivesAreNoSecrets() throws {
    let mask = try mask(
      #"{"properties": {"o": {"airbyte_secret": true, "properties": {"known": {}}}}}"#, #"{"o": {"known": "S3CRET", "other": 1}}"#
    )
    #expect(mask.masked("known other S3CRET") == "known **** ****")
  }

  @Test func nestingHasNoBound() throws {
    let depth = 300
    var spec = #"{"airbyte_secret": true}"#
    var config = #""S3CRET""#
    for level in 0..<depth {
      spec = level % 2 == 0 ? #"{"properties": {"o": \#(spec)}}"# : #"{"items": \#(spec)}"#
      config = level % 2 == 0 ? #"{"o": \#(config)}"# : "[\(config)]"
    }
    let mask = try mask(#"{"properties": {"x": \#(spec)}}"#, #"{"x": \#(config)}"#)
    #expect(mask.masked("<S3CRET>") == "<****>")
  }

  /// What is remembered of the places that were looked at has an end, however a spec refers to itself.
  @Test(arguments: [
    ##"{"$ref": "#", "properties": {"a": {"$ref": "#"}, "b": MARK}}"##,
    ##"{"properties": {"a": {"$ref": "#/"}, "b": MARK, "c": {"$ref": "#/properties/a"}}}"##,
    ##"{"$ref": "#/$defs/x", "$defs": {"x": {"$anchor": "y", "allOf": [{"$ref": "#y"}, {"$ref": "#/$defs/x"}], "properties": {"b": MARK}}}}"##,
    ##"{"additionalProperties": {"$ref": "#"}, "properties": {"b": MARK}, "items": {"$ref": "#"}, "not": {"$ref": "#"}}"##,
    ##"{"patternProperties": {".": {"$ref": "#"}, "a+": {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}}, "properties": {"b": MARK}}"##,
  ])
  func aSpecThatRefersToItselfIsLookedAtOnce(spec: String) throws {
    let spec = try JSONValue(parsing: spec.replacing("MARK", with: Self.mark))
    var config: JSONObject = ["b": "S3CRET"]
    for _ in 0..<40 { config = ["a": .object(config), "b": .string("S3CRET"), "l": [.object(["b": "S3CRET"])]] }
    // As many as places of the config times places of the spec at most.
    #expect(SpecSecrets(of: config, spec: spec).placeCount < 5_000)
    let mask = SecretMask()
    mask.hide(secretsOf: config, spec: spec)
    #expect(mask.masked("<S3CRET>") == "<****>")
  }

  @Test func blanksAreNoPartOfASecret() throws {
    let spec = try JSONValue(parsing: #"{"properties": {"a": MARK, "b": MARK}}"#.replacing("MARK", with: Self.mark))
    let mask = SecretMask()
    #expect(mask.hide(secretsOf: ["a": " ab \n", "b": " abcd "], spec: spec) == ["a"])
    #expect(mask.masked("ab abcd") == "ab ****")
  }

  @Test func theShortOnesAreReported() throws {
    let spec = try JSONValue(
      parsing: #"{"properties": {"a": MARK, "o": {"properties": {"pin": MARK, "empty": MARK, "long": MARK}}, "l": MARK}}"#
        .replacing("MARK", with: Self.mark))
    let config = try JSONValue(parsing: #"{"a": "x", "o": {"pin": 123, "empty": "", "long": "S3CRET"}, "l": ["\u00e9"]}"#)
    let mask = SecretMask()
    #expect(mask.hide(secretsOf: config.object ?? [:], spec: spec).sorted() == ["a", "l.0", "o.pin"])
    #expect(mask.masked("x 123 S3CRET") == "x 123 ****")
  }

  @Test func secretsOfAConfigAreFoundWhereverTheSpecMarksThem() throws {
    let spec = try JSONValue(
      parsing: """
        {"properties": {
          "plain": {"type": "string"},
          "key": {"type": "string", "airbyte_secret": true},
          "pin": {"type": "integer", "airbyte_secret": true},
          "auth": {"oneOf": [
            {"properties": {"token": {"airbyte_secret": true}}},
            {"properties": {"user": {"type": "string"}}}]},
          "nested": {"anyOf": [{"properties": {"deep": {"allOf": [{"properties": {"a": {"airbyte_secret": true}}}]}}}]},
          "list": {"type": "array", "items": {"properties": {"code": {"airbyte_secret": true}}}}
        }}
        """)
    let config: JSONObject = [
      "plain": "visible", "key": "hidden-key", "pin": 4711, "auth": ["token": "hidden-token", "user": "ann"],
      "nested": ["deep": ["a": "hidden-deep"]], "list": [["code": "hidden-code"]],
    ]
    let mask = SecretMask()
    mask.hide(secretsOf: config, spec: spec)
    let text = "visible hidden-key 4711 hidden-token ann hidden-deep hidden-code"
    #expect(mask.masked(text) == "visible **** **** **** ann **** ****")
  }
}
