import ConnectorModel
import JSON

/// The slices of a stream, as the lines that files of parts have: there may be millions.
struct SliceList: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  /// Where partitions begin, and which entry of the state is theirs; -1 for none.
  private var partitions: [(first: Int, entry: Int)] = []
  /// Nil where all weigh the same.
  private(set) var weights: [Double]?

  init(isWeighed: Bool) { weights = isWeighed ? [] : nil }

  var count: Int { ends.count }
  var partitionCount: Int { partitions.count }

  /// A partition begins.
  /// - Parameter entry: the place of its entry in the state; nil if it has none.
  mutating func begin(entry: Int?) { partitions.append((ends.count, entry ?? -1)) }

  mutating func append(_ slice: StreamSlice, bounds: [String], weight: Double?) {
    bytes += JSONValue.object(PartSlice(place: ends.count, slice: slice).json(bounds)).jsonText.utf8
    ends.append(bytes.count)
    if let weight { weights?.append(weight) }
  }

  func line(_ place: Int) -> ArraySlice<UInt8> { bytes[(place == 0 ? 0 : ends[place - 1])..<ends[place]] }

  /// The slices of each partition.
  var ranges: [Range<Int>] {
    partitions.indices.map { partitions[$0].first..<($0 + 1 < partitions.count ? partitions[$0 + 1].first : ends.count) }
      .filter { !$0.isEmpty }
  }

  /// The entries of the state that belong to slices, in order.
  func entries(of places: [Int]) -> [Int] {
    var entries: [Int] = []
    var partition = 0
    for place in places {
      while partition + 1 < partitions.count, partitions[partition + 1].first <= place { partition += 1 }
      guard partition < partitions.count, partitions[partition].entry >= 0 else { continue }
      if entries.last != partitions[partition].entry { entries.append(partitions[partition].entry) }
    }
    return entries
  }

  /// Hands out all lines, some at a time.
  func forEachPiece(_ body: ([UInt8]) throws -> Void) rethrows {
    var first = 0
    var start = 0
    while first < ends.count {
      var last = first
      while last + 1 < ends.count, ends[last + 1] - start < 1 << 18 { last += 1 }
      try body(Array(bytes[start..<ends[last]]))
      start = ends[last]
      first = last + 1
    }
  }
}
