import JSON
import Testing
import Validation

/// What a manifest has thousands of is checked in a time that grows with their number. Were it their square, these would take minutes.
@Suite(.timeLimit(.minutes(15))) struct GrowthTests {
  private static let count = 4_000

  private static func each(_ separator: String = ", ", _ text: (Int) -> String) -> String {
    (0..<count).map(text).joined(separator: separator)
  }

  @Test(arguments: [
    ("unused-parameter", manifest(stream: "primary_key: id\n$parameters: {\(each { "p\($0)x: y" })}")),
    ("unused-definition", manifest(top: "definitions: {\(each { "d\($0): {a: 1}" })}")),
    ("unknown-check-stream", manifest(names: "[items, \(each { "n\($0)" })]")),
    ("template-variable", manifest(requester: "request_parameters: {\(each { "p\($0): '{{ v\($0) }}'" })}")),
    ("undeclared-config-key", manifest(requester: "request_parameters: {a: '\(each("") { "{{ config.get(\"v\($0)\") }}" })'}")),
    ("unknown-key", manifest(requester: each("\n") { "k\($0): 1" })),
    ("spec-shape", manifest(spec: each("\n") { "p\($0): {type: array}" })),
    ("unmarked-secret", manifest(spec: each("\n") { "p\($0)_token: {type: string}" })),
    ("primary-key-not-in-schema", manifest(stream: "primary_key: [\(each { "k\($0)" })]", schema: each("\n") { "p\($0): {}" })),
    ("unknown-ignore", manifest(requester: each("\n") { "# airbyte-lowcode: ignore n\($0)" } + "\nhttp_method: GET")),
    ("unused-ignore", manifest(requester: each("\n") { _ in "# airbyte-lowcode: ignore endless-pages" } + "\nhttp_method: GET")),
    ("undeclared-parameter", manifest(requester: "request_headers: {a: '\(each("") { "{{ parameters.v\($0) }}" })'}")),
    ("unknown-partition-field", manifest(requester: "request_headers: {a: '\(each("") { "{{ stream_partition.v\($0) }}" })'}")),
    (
      "body-value-type",
      manifest(
        requester: "request_body: {type: RequestBodyJsonObject, value: {\(each { "p\($0): '\($0 + 1)'" })}}\nhttp_method: POST")
    ),
    ("reference", manifest(top: "definitions: {\(each { "d\($0): {a: 1}, e\($0): {$ref: '#/definitions/f\($0)'}" })}")),
    ("value", manifest(requester: "http_method: '\(String(repeating: "x", count: 1_000_000))'")),
    ("remote-reference", manifest(top: "definitions: {\(each { "d\($0): {$ref: other\($0)}" })}")),
  ])
  func findings(rule: String, text: String) async throws {
    let report = await (try ManifestChecker()).check(text)
    #expect(report.findings.contains { $0.rule == rule }, "\(report.findings.prefix(3))")
    for format in ReportFormat.allCases { #expect(!format.render([report]).isEmpty) }
  }

  /// What many findings name is written in each of them only as far as people read.
  @Test func longNames() async throws {
    let key = String(repeating: "k", count: 100_000)
    let parts = Self.each { "x\($0): {$ref: y}" }
    let text = manifest(top: "definitions:\n  used: '#/definitions/\(key)/x0'\n  ? \(key)\n  : {\(parts)}")
    let report = await (try ManifestChecker()).check(text)
    #expect(report.findings.count >= Self.count)
    for format in ReportFormat.allCases { #expect(format.render([report]).utf8.count < 10_000_000) }
  }

  @Test func streamsOfOneName() async throws {
    let start = manifest()
    let stream = try #require(start.split(separator: "streams:\n").last?.split(separator: "spec:\n").first)
    let text = start.replacing("streams:\n", with: "streams:\n" + String(repeating: String(stream), count: Self.count / 8))
    let report = await (try ManifestChecker()).check(text)
    #expect(report.findings.count { $0.rule == "duplicate-stream" } == Self.count / 8)
  }

  @Test func valuesOfAConfig() async throws {
    var options = ManifestChecker.Options()
    let config = "{\(Self.each { "\"p\($0)\": \"secret value \($0)\"" })}"
    let values = try #require(try JSONValue(parsing: Array(config.utf8)).object)
    options.config = GivenConfig(values, bytes: Array(config.utf8), name: "c.json")
    let spec = Self.each("\n") { "p\($0): {type: string, airbyte_secret: true, maxLength: 2}" }
    let report = await (try ManifestChecker(options)).check(manifest(spec: spec))
    #expect(report.findings.count { $0.rule == "config" } == Self.count)
  }
}
