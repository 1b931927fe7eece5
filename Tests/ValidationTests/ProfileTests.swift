import Testing
import Validation

/// How loud rules are: by the profile, by what is said of single ones, and by `--strict`.
@Suite struct ProfileTests {
  /// An old form that can be rewritten, a definition that nothing needs, and plain HTTP.
  private static let text = manifest(
    top: "definitions: {spare: {a: 1}}", requester: "request_body_data: {a: b}\nhttp_method: POST",
    url: "url_base: http://api.example.com/items")

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var profile = Profile.default
    var levels: [String: RuleLevel] = [:]
    var ignored: Set<String> = []
    var isStrict = false
    let expected: [String]
  }

  @Test(arguments: [
    Case(
      testDescription: "all", profile: .all,
      expected: [
        "warning deprecated-property", "warning deprecated-property", "warning insecure-url", "warning unused-definition",
      ]),
    Case(testDescription: "default", expected: ["note deprecated-property", "warning insecure-url"]),
    Case(
      testDescription: "strict", profile: .strict,
      expected: ["error deprecated-property", "error deprecated-property", "error insecure-url", "error unused-definition"]),
    Case(testDescription: "--strict", isStrict: true, expected: ["error insecure-url", "note deprecated-property"]),
    Case(
      testDescription: "a hidden rule that is wanted", levels: ["unused-definition": .warning],
      expected: ["note deprecated-property", "warning insecure-url", "warning unused-definition"]),
    Case(
      testDescription: "a counted rule that is an error", levels: ["deprecated-property": .error],
      expected: ["error deprecated-property", "error deprecated-property", "warning insecure-url"]),
    Case(
      testDescription: "rules that are off", profile: .strict, levels: ["insecure-url": .off, "deprecated-property": .off],
      expected: ["error unused-definition"]),
    Case(
      testDescription: "what is ignored, whatever else is said", levels: ["insecure-url": .error],
      ignored: ["insecure-url", "deprecated-property"], expected: []),
  ])
  func findings(_ testCase: Case) async throws {
    var options = ManifestChecker.Options()
    options.profile = testCase.profile
    options.levels = testCase.levels
    options.ignored = testCase.ignored
    options.isStrict = testCase.isStrict
    let report = await (try ManifestChecker(options)).check(Self.text)
    #expect(report.findings.map { "\($0.severity.rawValue) \($0.rule)" }.sorted() == testCase.expected)
  }

  @Test(
    arguments: [
      ("url_base: https://x.example.com/items", "1 deprecated form still works; `airbyte-lowcode validate --fix` rewrites it"),
      (
        "url_base: https://x.example.com\npath: items",
        "2 deprecated forms still work; `airbyte-lowcode validate --fix` rewrites them"
      ),
      (
        "url: https://x.example.com\npath: \"{{ stream_slice.path }}\"",
        "1 deprecated form still works; `airbyte-lowcode validate --profile all` shows it"
      ),
      (
        "url_base: https://x.example.com\npath: \"{{ stream_slice.path }}\"\nrequest_body_data: {a: b}",
        "3 deprecated forms still work; `airbyte-lowcode validate --fix` rewrites 1 of them, `--profile all` shows them"
      ),
    ] as [(String, String)])
  func oldFormsAreOneLine(url: String, sentence: String) async throws {
    var options = ManifestChecker.Options()
    options.profile = .default
    let report = await (try ManifestChecker(options)).check(manifest(url: url))
    #expect(report.findings.map(\.diagnostic.message) == [sentence])
    let text = ReportFormat.text.render([report])
    #expect(text == "manifest.yaml: note: \(sentence) [deprecated-property]\n1 manifest checked, nothing found")
  }

  /// What a comment silences in one profile is no comment without effect in another.
  @Test func aCommentForAHiddenRuleHasItsEffect() async throws {
    var options = ManifestChecker.Options()
    options.profile = .default
    let text = manifest(top: "definitions: {spare: {a: 1}} # airbyte-lowcode: ignore unused-definition")
    #expect(await (try ManifestChecker(options)).check(text).findings.isEmpty)
  }
}
