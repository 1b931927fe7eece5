import JSON
import Testing

@testable import Sharding

@Suite("States of parents")
struct ParentCheckpointsTests {
  @Test("Hold from the slice on at which they came")
  func places() throws {
    var checkpoints = ParentCheckpoints()
    checkpoints.add(["a": 1], at: 0)
    checkpoints.add(["a": 1], at: 2)
    checkpoints.add(["a": 2], at: 5)
    checkpoints.last = ["a": 3]
    #expect(checkpoints.state(at: 4) == ["a": 1])
    #expect(checkpoints.state(at: 5) == ["a": 2])
    #expect(checkpoints.first == ["a": 1])
    #expect(ParentCheckpoints(checkpoints.json) == checkpoints)
  }

  @Test("Of many, earlier ones hold for longer, never later ones for earlier slices")
  func many() {
    var checkpoints = ParentCheckpoints()
    for place in 0..<10_000 { checkpoints.add(["a": .int(place)], at: place) }
    #expect(checkpoints.all.count <= 64)
    #expect(checkpoints.first == ["a": 0])
    for place in 0..<10_000 { #expect(checkpoints.state(at: place)?["a"]?.int ?? .max <= place) }
  }
}
