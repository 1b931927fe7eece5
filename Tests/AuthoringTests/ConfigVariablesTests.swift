import JSON
import Testing

@testable import Authoring

/// Configs from the environment and from `.env`.
@Suite struct ConfigVariablesTests {
  private let specification: JSONValue = [
    "type": "object",
    "properties": [
      "token": ["type": "string"], "count": ["type": "integer"], "flag": ["type": ["boolean", "null"]], "list": ["type": "array"],
      "either": ["type": ["string", "integer"]],
      "credentials": [
        "type": "object",
        "oneOf": [
          ["properties": ["key": ["type": "string"]]], ["properties": ["id": ["type": "integer"], "key": ["type": "string"]]],
        ],
      ],
    ],
  ]

  @Test(
    arguments: [
      (["token": "123"], ["token": "123"]), (["count": "123"], ["count": 123]), (["flag": "true"], ["flag": true]),
      (["list": "[1, \"a\"]"], ["list": [1, "a"]]), (["either": "5"], ["either": "5"]), (["unknown": "5"], ["unknown": "5"]),
      // What is no number stays what it is: the check of the config says so.
      (["count": "many"], ["count": "many"]),
      (["credentials__id": "7", "credentials__key": "8"], ["credentials": ["id": 7, "key": "8"]]),
      (["__token": "x"], ["__token": "x"]), (["a__": "x"], ["a__": "x"]),
    ] as [([String: String], JSONObject)])
  func valuesHaveTheTypesOfTheSpecification(variables: [String: String], config: JSONObject) {
    let environment = Dictionary(uniqueKeysWithValues: variables.map { (ConfigVariables.prefix + $0, $1) })
    #expect(ConfigVariables(environment: environment).applied(to: [:], specification: specification) == config)
  }

  @Test func theyAreLaidOverTheConfig() {
    let variables = ConfigVariables(environment: ["AIRBYTE_CONFIG_credentials__key": "new", "AIRBYTE_CONFIG_": "x", "OTHER": "y"])
    let config: JSONObject = ["token": "t", "credentials": ["key": "old", "id": 1]]
    #expect(variables.applied(to: config, specification: nil) == ["token": "t", "credentials": ["key": "new", "id": 1]])
    #expect(ConfigVariables(environment: ["AIRBYTE_CONFIG_": "x", "OTHER": "y"]).isEmpty)
  }

  @Test func theEnvironmentWinsOverTheFile() {
    let file = "AIRBYTE_CONFIG_token=file\nAIRBYTE_CONFIG_count=2\n"
    let variables = ConfigVariables(environment: ["AIRBYTE_CONFIG_token": "environment"], file: file)
    #expect(variables.applied(to: [:], specification: specification) == ["count": 2, "token": "environment"])
  }

  @Test(arguments: [
    ("A=b", "b"), ("  export A = b  ", "b"), ("A='b # c'", "b # c"), ("A=\"b\\n\\\"c\\\"\"", "b\n\"c\""), ("A=b # remark", "b"),
    ("A=b#c", "b#c"), ("A=", ""), ("A=\"b", "\"b"), ("#A=b", nil), ("A", nil),
  ]) func linesOfTheFile(line: String, value: String?) {
    #expect(ConfigVariables.variables(in: "\n\(line)\r\nB=c")["A"] == value)
  }
}
