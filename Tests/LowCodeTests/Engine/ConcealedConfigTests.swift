import JSON
import Testing

@testable import ConnectorModel
@testable import Engine
@testable import Manifest

/// What of a config may be shown: what the spec declares and does not mark.
@Suite struct ConcealedConfigTests {
  private static let spec: JSONValue = [
    "properties": [
      "plain": ["type": "string"], "number": ["type": "integer"], "token": ["type": "string", "airbyte_secret": true],
      "list": ["items": ["type": "string"]], "open": ["type": "object"],
      "login": [
        "oneOf": [
          ["properties": ["user": ["type": "string"], "key": ["type": "string"]]],
          ["properties": ["key": ["airbyte_secret": true]]],
        ]
      ],
      "referred": ["$ref": "#/properties/plain"], "patterns": ["patternProperties": [".": ["type": "string"]]],
    ]
  ]

  @Test(
    arguments: [
      (["plain": "a value", "number": 7], ["plain": "a value", "number": 7]),
      (["token": "a value"], ["token": "****"]), (["other": "a value"], ["****": "****"]),
      (["list": ["a value", "b"]], ["list": ["a value", "b"]]), (["open": ["plain": "a value"]], ["open": ["plain": "****"]]),
      (["login": ["user": "me", "key": "a value"]], ["login": ["user": "me", "key": "****"]]),
      (["referred": "a value"], ["referred": "****"]), (["patterns": ["x": "a value"]], ["patterns": ["****": "****"]]),
      (["token": "a value", "plain": "not a value"], ["token": "****", "plain": "not ****"]),
      (["other": nil], ["****": nil]), (["other": [1, true]], ["****": ["****", true]]),
    ] as [(JSONObject, JSONObject)])
  func whatIsShown(config: JSONObject, shown: JSONObject) {
    #expect(ConcealedConfig(config, specification: Self.spec).values == shown)
  }

  @Test func withoutASpecNothingIsShown() {
    let concealed = ConcealedConfig(["plain": "a value", "list": ["b"]], specification: nil, names: ["list"])
    #expect(concealed.values == ["****": "****", "list": ["****"]])
    #expect(concealed.mask.masked("it is a value") == "it is ****")
  }

  @Test func moreThanCanBeLookedForIsNotQuotedAtAll() throws {
    let world = TestWorld([])
    let node = try world.node(#"{"type": "Spec", "connection_specification": {"maxProperties": 3}}"#)
    let spec = try Spec(from: ComponentNode(node), in: world.scope())
    let config = JSONObject((0..<1_500).map { ("key\($0)", .string("secret \($0)")) }, uniquingKeysWith: { $1 })
    let error = #expect(throws: ConnectorError.self) { try spec.validate(config) }
    #expect(error?.message == "Config validation error: the object has more than 3 properties")
    #expect(error?.internalMessage == nil)
  }
}
