import JSON
import Testing
import Validation

/// A manifest is checked against a user's config.
@Suite struct GivenConfigTests {
  private static let text = manifest(
    requester: """
      request_parameters:
        since: "{{ format_datetime(config['start'], '%Y') }}"
        page: "{{ next_page_token }}"
      """,
    spec: "token: {type: string, airbyte_secret: true}\nstart: {type: string}\nlimit: {type: integer, minimum: 1}",
    specification: "required: [token]")

  @Test(
    arguments: [
      ("{\n  \"token\": \"t\", \"start\": \"2024-01-01\"\n}", []),
      ("{\n  \"start\": \"2024-01-01\"\n}", ["c.json:1:1"]),
      ("{\n  \"token\": \"t\", \"start\": \"2024-01-01\",\n  \"limit\": \"many\"\n}", ["c.json:3:12"]),
      ("{\n  \"token\": 1, \"start\": \"2024-01-01\",\n  \"limit\": 0\n}", ["c.json:2:12", "c.json:3:12"]),
      ("{\"token\": \"t\", \"start\": \"some day\"}", ["manifest.yaml:14:18"]),
    ] as [(String, [String])])
  func findsWhatDoesNotFit(config: String, places: [String]) async throws {
    var options = ManifestChecker.Options()
    let values = try #require(try JSONValue(parsing: Array(config.utf8)).object)
    options.config = GivenConfig(values, bytes: Array(config.utf8), name: "c.json")
    let report = await (try ManifestChecker(options)).check(Self.text)
    #expect(report.findings.map { "\($0.diagnostic.mark.map { "\($0)" } ?? "")" }.sorted() == places)
    #expect(report.findings.allSatisfy { $0.rule == "config" && $0.severity == .error })
  }
}
