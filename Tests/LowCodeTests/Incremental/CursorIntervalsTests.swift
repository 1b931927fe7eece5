import JSON
import PythonTime
import Testing

@testable import Components
@testable import ConnectorModel

/// Stretches of a cursor's axis, joined.
@Suite struct CursorIntervalsTests {
  private static func day(_ number: Int) throws -> CursorValue {
    .moment(try PyDateTime.unixEpoch.adding(PyTimeDelta(days: number)))
  }

  private static func interval(_ start: Int, _ end: Int, _ recent: Int? = nil) throws -> CursorInterval {
    CursorInterval(start: try day(start), end: try day(end), mostRecent: try recent.map { try day($0) })
  }

  private static func unit() throws -> CursorDuration { .fixed(try PyTimeDelta(days: 1)) }

  @Test func neighboursAreJoinedAndGapsStay() throws {
    var intervals = CursorIntervals([
      try Self.interval(20, 30, 25), try Self.interval(0, 4), try Self.interval(5, 10, 7), try Self.interval(9, 12, 8),
    ])
    try intervals.merge(unit: Self.unit())
    #expect(intervals.all == [try Self.interval(0, 12, 8), try Self.interval(20, 30, 25)])
  }

  /// Whatever the order in which slices are closed, and however often they are joined in between, the outcome is the same.
  @Test(arguments: 0..<60)
  func theOrderOfClosingDoesNotMatter(seed: UInt64) throws {
    var chance = SeededRandom(seed: seed)
    var slices: [CursorInterval] = []
    for _ in 0..<Int.random(in: 1...12, using: &chance) {
      let start = Int.random(in: 0...60, using: &chance)
      let end = start + Int.random(in: 0...8, using: &chance)
      slices.append(
        try Self.interval(start, end, Bool.random(using: &chance) ? Int.random(in: start...end, using: &chance) : nil))
    }
    var atOnce = CursorIntervals(slices)
    try atOnce.merge(unit: Self.unit())
    for _ in 0..<5 {
      var oneByOne = CursorIntervals([])
      for slice in slices.shuffled(using: &chance) {
        oneByOne.append(slice)
        try oneByOne.merge(unit: Self.unit())
      }
      #expect(oneByOne == atOnce)
      #expect(try oneByOne.latestComplete(unit: Self.unit()) == atOnce.latestComplete(unit: Self.unit()))
    }
  }

  @Test func nothingReadHasNoLatestValue() throws {
    #expect(try CursorIntervals([]).latestComplete(unit: Self.unit()) == nil)
  }
}

/// A generator that repeats: SplitMix64.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
