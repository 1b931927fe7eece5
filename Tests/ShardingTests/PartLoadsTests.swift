import Testing

@testable import Sharding

@Suite("Pieces of work are dealt out evenly")
struct PartLoadsTests {
  @Test(
    "By their weights",
    arguments: [
      ([1, 1, 1, 1, 1, 1], 3, [0, 1, 2, 0, 1, 2]),
      ([5, 1, 1, 1, 1, 1], 2, [0, 1, 1, 1, 1, 1]),
      ([1, 1, 8], 2, [1, 1, 0]),
      ([0, 3], 3, [1, 0]),
      ([], 4, []),
      ([2], 1, [0]),
    ])
  func deals(_ weights: [Double], _ parts: Int, _ expected: [Int]) {
    var loads = PartLoads(parts: parts)
    #expect(loads.deal(weights) == expected)
    #expect(loads.loads.reduce(0, +) == weights.reduce(0, +))
  }

  @Test("No part has more than the mean and one piece")
  func bound() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<50 {
      let weights = (0..<Int.random(in: 1...200, using: &random)).map { _ in Double.random(in: 0...10, using: &random) }
      var loads = PartLoads(parts: 7)
      _ = loads.deal(weights)
      let mean = weights.reduce(0, +) / 7
      #expect((loads.loads.max() ?? 0) <= mean + (weights.max() ?? 0) + 1e-9, "\(weights)")
    }
  }
}
