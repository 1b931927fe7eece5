/// About the memory that it takes to read a text as a whole, JSON in another encoding than UTF-8 or XML, by the signs in it.
struct WholeTextCost {
  /// By byte, what the sign adds: an object or a list, an element of XML, an attribute, a value.
  private static let costs: [UInt8] = {
    var costs = [UInt8](repeating: 2, count: 256)
    for (sign, cost) in [("{", 130), ("[", 255), ("<", 60), ("=", 100), (",", 26), (":", 18)] as [(Character, UInt8)] {
      if let byte = sign.asciiValue { costs[Int(byte)] = cost }
    }
    return costs
  }()

  private(set) var bytes = 0

  mutating func add(_ text: UnsafeRawBufferPointer) {
    bytes += Self.costs.withUnsafeBufferPointer { costs in text.reduce(0) { $0 &+ Int(costs[Int($1)]) } }
  }
}
