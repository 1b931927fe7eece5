import Testing

@testable import Components
@testable import ConnectorModel

@Suite struct HTTPAPIBudgetTests {
  private func budget(_ world: TestWorld, _ policies: String) throws -> HTTPAPIBudget {
    let scope = BuildScope(config: [:], runtime: world.runtime, registry: .standard)
    return try scope.build(world.node(#"{"type": "HTTPAPIBudget", "policies": [\#(policies)]}"#))
  }

  private static let moving = """
    {"type": "MovingWindowCallRatePolicy", "rates": [{"type": "Rate", "limit": 2, "interval": "PT10S"}], "matchers": []}
    """

  @Test func aWaitIsShownInALine() async throws {
    let world = TestWorld([])
    let budget = try budget(world, Self.moving)
    let request = HTTPRequest(method: "GET", url: "https://api.test/items")
    for _ in 0..<2 { try await budget.acquire(request, for: nil) }
    #expect(world.sleeps.isEmpty)
    #expect(world.lines.isEmpty)
    try await budget.acquire(request, for: nil)
    // The last instant of a window still belongs to it.
    #expect(world.sleeps == [10, 0.001])
    #expect(
      world.lines == [
        "INFO GET https://api.test/items waits 10.0 s for the call rate of the manifest: 2 calls per 10 s."
      ])
  }

  @Test func aHeaderThatIsNoNumberIsWarnedOf() async throws {
    let world = TestWorld([])
    let budget = try budget(world, Self.moving)
    let request = HTTPRequest(method: "GET", url: "https://api.test/items")
    budget.update(
      from: .init(status: 200, headers: [("ratelimit-remaining", "plenty")], body: .init(), url: request.url), to: request)
    #expect(world.lines.count == 1)
    #expect(world.lines.first?.hasPrefix("WARN The header `ratelimit-remaining`") == true)
  }
}
