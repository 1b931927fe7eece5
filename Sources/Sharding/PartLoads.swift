/// Gives pieces of work to parts so that they take about as long: the heaviest first, each to the part that has least.
///
/// The same pieces always go to the same parts. A value without a clock or chance.
struct PartLoads: Sendable {
  /// Loads with the numbers of their parts, as a heap: the least first, and of equal ones the part with the smaller number.
  private var heap: [(load: Double, part: Int)]
  private(set) var loads: [Double]

  init(parts: Int) {
    heap = (0..<parts).map { (0, $0) }
    loads = [Double](repeating: 0, count: parts)
  }

  /// The parts that pieces of these weights go to.
  mutating func deal(_ weights: [Double]) -> [Int] {
    var parts = [Int](repeating: 0, count: weights.count)
    let isEven = weights.allSatisfy { $0 == weights[0] }
    let order = isEven ? Array(weights.indices) : weights.indices.sorted { (-weights[$0], $0) < (-weights[$1], $1) }
    for piece in order { parts[piece] = add(weights[piece]) }
    return parts
  }

  private mutating func add(_ weight: Double) -> Int {
    let part = heap[0].part
    heap[0].load += weight
    loads[part] = heap[0].load
    sink()
    return part
  }

  private mutating func sink() {
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < heap.count && heap[child] < heap[least] { least = child }
      if least == place { return }
      heap.swapAt(place, least)
      place = least
    }
  }
}
