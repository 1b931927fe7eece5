import Testing

@testable import Authoring

/// What `--coverage` finds that no test reaches.
@Suite struct CoverageTests {
  private func gaps(_ tests: String) async throws -> CoverageReport {
    let shop = try Shop()
    let coverage = TestCoverage()
    let outcome = try await shop.run(tests, coverage: coverage)
    #expect(outcome.failures.allSatisfy { $0.isEmpty }, "\(outcome.failures)")
    return shop.connector.coverage(coverage)
  }

  @Test func aStreamThatIsNotReadIsOneGap() async throws {
    let report = try await gaps("tests: [{name: a, command: spec}]")
    #expect(report.gaps.map(\.sentence) == ["Stream `items` is not read"])
    #expect(report.streams == .init(reached: 0, total: 1))
    #expect(report.components.reached == 0)
  }

  @Test func waysThatAreNotTakenAreNamed() async throws {
    let report = try await gaps(
      """
      defaults: {config: {}}
      tests: [{name: a, traffic: [{httpRequest: {path: /items}, httpResponse: {body: {items: [{id: 1}]}}}]}]
      """)
    #expect(
      report.gaps.map(\.sentence) == [
        "In the template, the condition at character 22 never holds", "`ConstantBackoffStrategy` is never asked how long to wait",
        "`HttpResponseFilter` matches no answer", "The condition always holds", "`PageIncrement` is not asked for a second page",
      ])
    #expect(report.gaps.allSatisfy { $0.mark != nil })
    #expect(report.branches.total == 4)
    #expect(report.branches.reached == 2)
  }

  @Test func testsTogetherReachEverything() async throws {
    let report = try await gaps(
      """
      tests:
        - name: pages
          config: {}
          traffic:
            - httpRequest: {path: /items, queryStringParameters: {page: "2"}}
              priority: 1
              httpResponse: {body: {items: []}}
            - httpRequest: {path: /items}
              httpResponse: {body: {items: [{id: 1}, {id: 13}]}}
        - name: another shop, which is not there
          config: {shop: other}
          traffic: [{httpRequest: {path: /items}, httpResponse: {statusCode: 404}}]
        - name: a wait
          config: {}
          command: check
          traffic:
            - httpRequest: {path: /items}
              httpResponse: {statusCode: 500}
              times: {remainingTimes: 1}
            - httpRequest: {path: /items}
              httpResponse: {body: {items: [{id: 1}]}}
      """)
    #expect(report.gaps == [])
    #expect(report.components.reached == report.components.total)
    #expect(report.templates == .init(reached: 2, total: 2))
  }
}
