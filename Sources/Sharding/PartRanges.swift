import JSON

/// Numbers in ascending order as ranges, which is short where many follow each other: `[[0, 5], [8, 8]]`.
enum PartRanges {
  static func json(_ numbers: some Sequence<Int>) -> JSONValue {
    var ranges: [(first: Int, last: Int)] = []
    for number in numbers {
      if let last = ranges.last?.last, last + 1 == number {
        ranges[ranges.count - 1].last = number
      } else {
        ranges.append((number, number))
      }
    }
    return .array(ranges.map { [.int($0.first), .int($0.last)] })
  }

  /// - Parameter limit: numbers from here on are not right.
  /// - Returns: nil for something else.
  static func numbers(_ json: JSONValue?, below limit: Int) -> [Int]? {
    var numbers: [Int] = []
    for range in json?.array ?? [] {
      guard let first = range[0]?.int, let last = range[1]?.int, first <= last, first > numbers.last ?? -1, last < limit else {
        return nil
      }
      numbers += first...last
    }
    return json?.array == nil ? nil : numbers
  }
}
