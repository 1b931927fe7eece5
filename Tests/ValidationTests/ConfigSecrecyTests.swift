import JSON
import Testing
import Validation

/// What is found in a config names the place and what is wrong there, in each format, and never a value that may be a secret.
@Suite struct ConfigSecrecyTests {
  private static let secret = "SECRET-Zx81Qpl0mEr77"

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The properties of the spec, its other keywords, and the config.
    var spec = "token: {type: string, airbyte_secret: true}"
    var specification = ""
    let config: String
    var manifest: (spec: String, specification: String) { (spec, specification) }
  }

  private static func keyword(_ name: String, _ schema: String, _ value: String = "\"\(secret)\"") -> Case {
    Case(
      testDescription: name, spec: "token: {airbyte_secret: true, \(schema)}\nz: {type: string}", config: "{\"token\": \(value)}")
  }

  private static let cases: [Case] = [
    keyword("pattern", "pattern: '^ghp_'"), keyword("type", "type: integer"), keyword("types", "type: [integer, 'null']"),
    keyword("enum", "enum: [a, b]"), keyword("const", "const: a"), keyword("maxLength", "maxLength: 3"),
    keyword("minLength", "minLength: 300"), keyword("not", "not: {type: string}"),
    keyword("not with the value itself", "not: {const: \(secret)}"),
    keyword("if", "if: {type: string}, then: {type: integer}"), keyword("else", "if: {type: integer}, else: {maxLength: 1}"),
    keyword("oneOf", "oneOf: [{type: integer}, {maxLength: 2}]"),
    keyword("oneOf, two fit", "oneOf: [{type: string}, {minLength: 2}]"),
    keyword("anyOf", "anyOf: [{type: integer}, {type: boolean}]"), keyword("allOf", "allOf: [{type: string}, {maxLength: 2}]"),
    keyword("minimum", "minimum: 9999999999999", "8147265301"), keyword("maximum", "maximum: 5", "8147265301"),
    keyword("exclusiveMaximum", "exclusiveMaximum: 5", "8147265301"), keyword("multipleOf", "multipleOf: 2", "8147265301"),
    keyword("uniqueItems", "uniqueItems: true", "[\"\(secret)\", \"\(secret)\"]"),
    keyword("maxItems", "maxItems: 1", "[\"\(secret)\", \"x\"]"), keyword("contains", "contains: {const: a}", "[\"\(secret)\"]"),
    keyword("items", "items: {type: integer}", "[\"\(secret)\"]"),
    keyword("prefixItems", "prefixItems: [{type: integer}], items: false", "[\"\(secret)\", \"\(secret)\"]"),
    keyword("properties", "properties: {a: {type: integer}}", "{\"a\": \"\(secret)\"}"),
    keyword("additionalProperties", "properties: {a: {}}, additionalProperties: false", "{\"\(secret)\": 1}"),
    keyword("additionalProperties with a schema", "additionalProperties: {type: integer}", "{\"\(secret)\": \"\(secret)\"}"),
    keyword("patternProperties", "patternProperties: {'^S': {type: integer}}", "{\"\(secret)\": \"x\"}"),
    keyword("patterns alone", "patternProperties: {'^a': {}}, additionalProperties: false", "{\"\(secret)\": \"x\"}"),
    keyword("propertyNames", "propertyNames: {maxLength: 3}", "{\"\(secret)\": 1}"),
    keyword("minProperties", "minProperties: 2", "{\"\(secret)\": 1}"),
    keyword("dependentRequired", "dependentRequired: {a: [b]}", "{\"a\": \"\(secret)\"}"),
    keyword("required", "required: [other]", "{\"a\": \"\(secret)\"}"),
    keyword("false", "properties: {a: false}", "{\"a\": \"\(secret)\"}"),
    keyword("$ref", "$ref: '#/$defs/short'", "\"\(secret)\""),
    Case(testDescription: "another field on the same line", specification: "required: [z]", config: "{\"token\": \"\(secret)\"}"),
    Case(
      testDescription: "a key that the spec lacks", specification: "additionalProperties: false",
      config: "{\"token\": \"x\", \"\(secret)\": 1}"),
    Case(
      testDescription: "a value that the spec does not mark", spec: "page: {type: integer}",
      config: "{\"page\": \"\(secret)\"}"),
    Case(
      testDescription: "a value that the spec does not reach", spec: "page: {type: object, minProperties: 4}",
      config: "{\"page\": {\"x\": [\"\(secret)\"]}}"),
    Case(
      testDescription: "a spec that is broken", spec: "token: {type: strnig, airbyte_secret: true}",
      config: "{\"token\": \"\(secret)\", \"start\": \"\(secret)\"}"),
  ]

  @Test(arguments: cases)
  func nothingIsQuoted(_ testCase: Case) async throws {
    let definitions = testCase.specification + (testCase.specification.isEmpty ? "" : "\n") + "$defs: {short: {maxLength: 2}}"
    try await expectSilence(
      about: manifest(spec: testCase.spec, specification: definitions), with: testCase.config, finding: "config")
  }

  /// What a template makes of a secret: a number of records, a date, a pattern, a part of it.
  @Test(arguments: [
    ("{type: DefaultPaginator, pagination_strategy: {type: PageIncrement, page_size: \"{{ config['token'] }}\"}}", "build"),
    ("{type: DefaultPaginator, pagination_strategy: {type: PageIncrement, page_size: \"{{ config['token'][:18] }}\"}}", "build"),
    ("{type: DefaultPaginator, pagination_strategy: {type: PageIncrement, page_size: \"{{ config['other'] }}\"}}", "build"),
  ])
  func buildingQuotesNothing(paginator: String, rule: String) async throws {
    let text = manifest(retriever: "paginator: \(paginator)")
    try await expectSilence(
      about: text, with: "{\"token\": \"\(Self.secret)\", \"other\": \"\(Self.secret)\"}", finding: rule)
  }

  @Test(arguments: [
    "{{ format_datetime(config['token'], '%Y') }}", "{{ config['token'] | int / 0 }}", "{{ config['token'].nothing.more }}",
    "{{ config['other'] | hash('sha999') }}", "{{ 'x' | regex_search(config['token'] ~ '(') }}",
    "{{ config[config['token']].x }}",
    "{{ config['token'][:18] | strptime('%Y') }}", "{{ max(config['token'], 1) }}",
  ])
  func templatesQuoteNothing(template: String) async throws {
    let text = manifest(requester: "request_parameters:\n  a: \"\(template)\"")
    try await expectSilence(about: text, with: "{\"token\": \"\(Self.secret)\", \"other\": \"\(Self.secret)\"}", finding: nil)
  }

  /// The manifest's own rules for configs.
  @Test func rulesForConfigsQuoteNothing() async throws {
    let text =
      manifest() + """

          config_normalization_rules:
            type: ConfigNormalizationRules
            validations:
              - type: DpathValidator
                field_path: [other]
                validation_strategy: {type: ValidateAdheresToSchema, base_schema: {type: string, maxLength: 2}}
        """
    try await expectSilence(about: text, with: "{\"token\": \"x\", \"other\": \"\\\"\(Self.secret)\\\"\"}", finding: "build")
  }

  /// A sentence that is too long is cut behind the place where secrets are hidden.
  @Test(arguments: [3_900, 3_940, 3_960, 3_970, 3_975, 3_980]) func longSentencesAreCutBehindTheMask(length: Int) async throws {
    let name = String(repeating: "x", count: length) + Self.secret + String(repeating: "y", count: 300)
    let text =
      manifest(retriever: "paginator: {$ref: '#/definitions/none'}")
      + "\ndefinitions: {none: {type: NoPagination}, ? \(name) : {}}\n"
    let report = try await report(about: text, with: "{\"token\": \"\(Self.secret)\"}")
    let sentences = report.findings.map(\.diagnostic.message).filter { $0.hasPrefix("nothing refers to") }
    #expect(sentences.count == 1)
    for part in ["SEC", "ECRET", "Qpl0mE"] { #expect(!sentences.joined().contains(part)) }
    #expect(sentences.first?.hasSuffix("…") == true)
  }

  /// A config that was named as a manifest too is full of secrets that nothing marks.
  @Test func aConfigIsNoManifestToBeQuoted() async throws {
    try await expectSilence(
      about: "{\"version\": 1, \"token\": \"\(Self.secret)\"}", with: "{\"token\": \"\(Self.secret)\"}", finding: nil)
  }

  /// What the spec declares, and does not mark, is shown: else nobody could mend it.
  @Test func otherValuesAreShown() async throws {
    let text = manifest(
      requester: "request_parameters:\n  a: \"{{ format_datetime(config['start'], '%Y') }}\"",
      spec: "start: {type: string}\ntoken: {}")
    let report = try await report(about: text, with: "{\"start\": \"some day\"}")
    #expect(report.findings.contains { $0.diagnostic.message.contains("b'some'") })
  }

  private func expectSilence(about text: String, with config: String, finding rule: String?) async throws {
    let report = try await report(about: text, with: config)
    #expect(!report.findings.isEmpty)
    if let rule { #expect(report.findings.contains { $0.rule == rule && $0.severity == .error }, "\(report.findings)") }
    for format in ReportFormat.allCases {
      let rendered = format.render([report])
      // Not even a part of it.
      for part in ["ECRET-Zx", "Qpl0mE", "8147265301"] { #expect(!rendered.contains(part), "\(format.rawValue): \(rendered)") }
    }
  }

  private func report(about text: String, with config: String) async throws -> ManifestReport {
    var options = ManifestChecker.Options()
    let values = try #require(try JSONValue(parsing: Array(config.utf8)).object)
    options.config = GivenConfig(values, bytes: Array(config.utf8), name: "c.json")
    return await (try ManifestChecker(options)).check(text)
  }
}
