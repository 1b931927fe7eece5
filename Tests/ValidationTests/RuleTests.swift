import Testing
import Validation

/// For each rule a manifest in which it finds something, at the marked places and nothing else, and one in which it does not.
@Suite struct RuleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let rule: String
    let fires: String
    let silent: String
    var testDescription: String { rule }

    init(_ rule: String, fires: String, silent: String) {
      self.rule = rule
      self.fires = fires
      self.silent = silent
    }
  }

  @Test(arguments: RuleCases.all)
  func findsWhatIsMarkedAndNothingElse(_ testCase: Case) async throws {
    let checker = try ManifestChecker()
    let marked = MarkedText(testCase.fires)
    #expect(marked.expected.contains { $0.hasSuffix(testCase.rule) })
    let found = MarkedText.found(in: await checker.check(marked.text))
    #expect(found == marked.expected, "\(marked.text)")
    let silent = MarkedText.found(in: await checker.check(testCase.silent))
    #expect(silent.isEmpty, "\(testCase.silent)")
  }

  @Test func everyRuleHasACase() {
    #expect(Set(RuleCases.all.map(\.rule)) == Set(RuleCatalog.names))
  }

  @Test(arguments: RuleCatalog.names)
  func namesAreInKebabCaseAndExplained(_ name: String) {
    #expect(name.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil)
    #expect(RuleCatalog.summary(of: name)?.hasSuffix(".") == true)
  }

  @Test(arguments: RuleCases.all)
  func aCommentOnTheLineSilences(_ testCase: Case) async throws {
    // A rule about such comments cannot be silenced by one in its own line.
    guard !["unknown-ignore", "unused-ignore"].contains(testCase.rule) else { return }
    let checker = try ManifestChecker()
    let marked = MarkedText(testCase.fires)
    let top = "# airbyte-lowcode: ignore \(RuleCatalog.names.joined(separator: ", "))\n" + marked.text
    #expect(MarkedText.found(in: await checker.check(top)).isEmpty)
    var options = ManifestChecker.Options()
    options.ignored = Set(RuleCatalog.names)
    #expect(MarkedText.found(in: await (try ManifestChecker(options)).check(marked.text)).isEmpty)
  }

  @Test(arguments: RuleCases.all)
  func strictMakesErrorsOfWarnings(_ testCase: Case) async throws {
    var options = ManifestChecker.Options()
    options.isStrict = true
    let report = await (try ManifestChecker(options)).check(MarkedText(testCase.fires).text)
    #expect(report.errorCount == report.findings.count)
    #expect(report.errorCount > 0)
  }
}
