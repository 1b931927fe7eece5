import Testing

@testable import Components

@Suite struct TokenPoolsTests {
  private static let now = TestWorld.start
  private static func at(_ seconds: Double) -> Int64 { now + Int64(seconds * 1_000_000) }

  /// Two tokens with one quota of these remaining requests, which begins anew after 100 and 200 seconds.
  private func pools(_ remaining: [Int], minReserve: Int = 0, isTracked: Bool = true) -> TokenPools {
    var pools = TokenPools(reserveFraction: 0, minReserve: minReserve)
    pools.replace(
      remaining.enumerated().map { index, count in
        [QuotaState(remaining: count, resetAt: Self.at(Double(index + 1) * 100), limit: 10, isTracked: isTracked)]
      })
    return pools
  }

  @Test(arguments: [
    ([2, 1], [0, 0, 1]), ([0, 2], [1, 1]), ([1, 0], [0]), ([5, 5], [0, 0, 0]),
  ])
  func goesOnToTheNextTokenWhenOneIsUsedUp(remaining: [Int], expected: [Int]) {
    var pools = pools(remaining)
    for token in expected {
      #expect(pools.take(0, now: Self.now, budget: 1_000) == .send(token: token, delay: 0))
    }
  }

  @Test(arguments: [
    (1_000.0, 0.0, TokenPools.Action.wait(100)), (100, 0, .fail), (0, 0, .fail), (1_000, 99, .wait(5)), (1_000, 500, .wait(5)),
    (101, 0, .wait(100)), (3, 99, .wait(3)),
  ])
  func waitsWhenAllAreUsedUp(budget: Double, elapsed: Double, expected: TokenPools.Action) {
    var pools = pools([0, 0])
    #expect(pools.take(0, now: Self.at(elapsed), budget: budget) == expected)
  }

  @Test func takesTurnsWhereNothingIsCounted() {
    var pools = pools([0, 0], isTracked: false)
    let tokens = (0..<4).map { _ in pools.take(0, now: Self.now, budget: 1) }
    #expect(tokens == [0, 1, 0, 1].map { .send(token: $0, delay: 0) })
    #expect(!pools.isExhausted(0))
  }

  /// Seconds between requests when little is left: the time until the quota begins anew over what is left of all.
  @Test(arguments: [([11, 10], 0, 0.0), ([11, 10], 10, 5), ([12, 10], 10, 0), ([5, 5], 10, 10), ([1_001, 900], 2_000, 0)])
  func spreadsTheLastRequests(remaining: [Int], reserve: Int, expected: Double) {
    var pools = pools(remaining, minReserve: reserve)
    #expect(pools.take(0, now: Self.now, budget: 1) == .send(token: 0, delay: expected))
  }

  /// What a report makes of 5 remaining of 10 in a span of 100 seconds.
  @Test(arguments: [
    (QuotaReport(remaining: 3, resetAt: nil, limit: nil, isExhausted: false), 3, 100.0, 10),
    (QuotaReport(remaining: 8, resetAt: nil, limit: nil, isExhausted: false), 5, 100, 10),
    (QuotaReport(remaining: 8, resetAt: at(300), limit: 20, isExhausted: false), 8, 300, 20),
    (QuotaReport(remaining: nil, resetAt: at(300), limit: nil, isExhausted: false), 10, 300, 10),
    (QuotaReport(remaining: 0, resetAt: at(-500), limit: nil, isExhausted: false), 5, 100, 10),
    (QuotaReport(remaining: 0, resetAt: at(-500), limit: nil, isExhausted: true), 0, 100, 10),
    (QuotaReport(remaining: 2, resetAt: at(50), limit: 20, isExhausted: false), 2, 100, 10),
  ])
  func learnsFromResponses(report: QuotaReport, remaining: Int, resetsIn: Double, limit: Int) {
    var pools = pools([5, 5])
    pools.observe(report, token: 0, quota: 0)
    #expect(pools.states[0][0] == QuotaState(remaining: remaining, resetAt: Self.at(resetsIn), limit: limit))
    #expect(pools.states[1][0].remaining == 5)
  }

  @Test(arguments: [([0, 1], true), ([0, 0], false), ([1, 1], false)])
  func knowsWhetherAnotherTokenHelps(remaining: [Int], expected: Bool) {
    #expect(pools(remaining).hasAlternative(to: 0, quota: 0) == expected)
  }
}
