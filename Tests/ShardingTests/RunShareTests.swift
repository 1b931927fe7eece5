import ConnectorModel
import Testing

@Suite("A share of what an API allows")
struct RunShareTests {
  @Test("The portions make up the total, and none is empty", arguments: [(10, 4), (2, 8), (7, 7), (100, 3), (1, 1)])
  func portions(_ total: Int, _ count: Int) throws {
    let portions = try (0..<count).map { try #require(RunShare($0, of: count)).portion(of: total) }
    #expect(portions.allSatisfy { $0 >= 1 })
    #expect(portions.reduce(0, +) == max(total, count))
    #expect((portions.max() ?? 0) - (portions.min() ?? 0) <= 1)
  }

  @Test("Nothing has no portions") func nothing() throws { #expect(try #require(RunShare(0, of: 4)).portion(of: 0) == 0) }

  @Test(
    "All shares together keep the rate",
    arguments: [
      // limit, shares, heaviest request, calls, spans
      (100, 4, 1, 25, 1), (10, 3, 1, 3, 1), (2, 8, 1, 1, 4), (10, 4, 5, 5, 2), (3, 3, 1, 1, 1), (10, 7, 20, 10, 7),
      (5, 1, 3, 5, 1),
      (0, 4, 1, 0, 1),
    ])
  func rates(_ limit: Int, _ count: Int, _ heaviest: Int, _ calls: Int, _ spans: Int) throws {
    let rate = try #require(RunShare(0, of: count)).rate(limit, heaviest: heaviest)
    #expect(rate.calls == calls && rate.spans == spans)
    #expect(rate.calls * count <= limit * rate.spans || count == 1)
  }

  @Test("Tokens belong to one share each where there are enough, else to several")
  func tokens() throws {
    let letters = ["a", "b", "c", "d", "e"]
    let own = try (0..<2).map { try #require(RunShare($0, of: 2)).own(of: letters) }
    #expect(own.map(\.elements) == [["a", "c", "e"], ["b", "d"]])
    #expect(own.allSatisfy { $0.users == 1 })
    let shared = try #require(RunShare(6, of: 12)).own(of: letters)
    #expect(shared.elements == ["b"] && shared.users == 3)
    #expect(RunShare.all.own(of: letters).elements == letters)
  }

  @Test("What all use up together is divided too", arguments: [(0, 0), (1, 1), (4, 1), (5, 2), (-3, -3)])
  func remainders(_ total: Int, _ own: Int) throws { #expect(try #require(RunShare(1, of: 4)).remainder(of: total) == own) }

  @Test("There is no share of nothing") func none() { #expect(RunShare(0, of: 0) == nil && RunShare(-1, of: 3) == nil) }
}
