/// The fields of each row of a CSV text. There may be hundreds of thousands of them, so that their names lie one after the other.
struct CSVColumns: Sendable {
  private let keys: [UInt8]
  private let ends: [Int]
  /// The place of each field in a row, -1 for a name that came before: if several columns have the same name, it is where the
  /// first of them does, and has the value of the last one.
  private let places: [Int]

  /// - Parameters:
  ///   - keys: the columns' names as JSON keys with their colons.
  ///   - ends: where each of them ends.
  init(keys: [UInt8], ends: [Int]) {
    self.keys = keys
    self.ends = ends
    places = Self.places(keys, ends)
  }

  /// How much is written for a row besides its cells.
  var overhead: Int { keys.count + 5 * ends.count }

  /// Calls `body` with the key of each field and its place in a row.
  func forEach(_ body: (_ key: UnsafeBufferPointer<UInt8>, _ place: Int) -> Void) {
    keys.withUnsafeBufferPointer { keys in
      var start = 0
      for (column, end) in ends.enumerated() {
        if places[column] >= 0 { body(UnsafeBufferPointer(rebasing: keys[start..<end]), places[column]) }
        start = end
      }
    }
  }

  /// Equal names are found by sorting, which takes less memory than a dictionary.
  private static func places(_ keys: [UInt8], _ ends: [Int]) -> [Int] {
    func key(_ column: Int) -> ArraySlice<UInt8> { keys[(column == 0 ? 0 : ends[column - 1])..<ends[column]] }
    let order = ends.indices.sorted { left, right in
      let (first, second) = (key(left), key(right))
      if first.count != second.count { return first.count < second.count }
      return first == second ? left < right : first.lexicographicallyPrecedes(second)
    }
    var places = Array(ends.indices)
    for (before, column) in zip(order, order.dropFirst()) where key(before) == key(column) {
      var first = before
      // The first of equal names has taken the place of each one behind it so far.
      if places[first] < 0 { first = -places[first] - 2 }
      places[first] = column
      places[column] = -first - 2
    }
    return places.map { max($0, -1) }
  }
}
