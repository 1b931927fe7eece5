import Testing

@testable import Components

@Suite("Call rates that are shared")
struct SharedRatesTests {
  private static let second: Int64 = 1_000_000

  @Test("A window that lasts several of the API's ends as many of them later")
  func longerWindow() {
    var counter = FixedWindowCounter(limit: 1, period: Self.second, windows: 4, startingAt: 0)
    #expect(counter.acquire(1, at: 0) == nil)
    counter.update(available: nil, reset: Self.second, at: 0)
    #expect(counter.acquire(1, at: 0) == 4 * Self.second)
    #expect(counter.acquire(1, at: 4 * Self.second + 1) == nil)
  }

  @Test("Each share waits for its turn", arguments: [(0.25, 1_000_000), (0.75, 3_000_000)] as [(Double, Int64)])
  func turns(_ delay: Double, _ wait: Int64) {
    var fixed = FixedWindowCounter(limit: 1, period: Self.second, windows: 4, startingAt: 0, after: delay)
    #expect(fixed.acquire(1, at: 0) == wait)
    #expect(fixed.acquire(1, at: wait + 1) == nil)
    var moving = MovingWindowCounter(
      limits: [.init(calls: 1, interval: 4_000)], earlier: (1, Int64(delay * 4_000) - 4_000))
    #expect(moving.acquire(1, at: 0) == wait)
    #expect(moving.acquire(1, at: wait + 1_000) == nil)
  }

  @Test("A whole share is as without any")
  func whole() {
    let counter = FixedWindowCounter(limit: 3, period: Self.second, startingAt: 5)
    #expect(counter.nextReset == 5 + FixedWindowCounter.firstWindow && counter.used == 0)
  }
}
