/// Which of the things that were expected came, and which others did.
struct ListComparison: Sendable {
  /// What was expected beside what is most like it.
  struct Pair: Sendable {
    let expected: Int
    let actual: Int
    /// What differs, in sentences.
    let differences: [String]
  }

  /// How things are compared.
  struct Rules: Sendable {
    var isOrdered = false
    /// Whether others may come too.
    var allowsMore = false
  }

  private(set) var pairs: [Pair] = []
  /// The numbers of what was expected and did not come.
  private(set) var missing: [Int] = []
  /// The numbers of what came and was not expected.
  private(set) var unexpected: [Int] = []
  /// The numbers of what came, by those of what was expected, where the one is the other.
  private(set) var matches: [Int: Int] = [:]

  var isFulfilled: Bool { pairs.isEmpty && missing.isEmpty && unexpected.isEmpty }

  /// So many of them are compared with each other to find what is alike.
  private static let mostCompared = 200

  /// - Parameters:
  ///   - differences: says what differs between something that was expected and something that came; nothing if it is that.
  ///   - isAlike: whether the two are probably meant to be the same.
  init(
    expected: Int, actual: Int, _ rules: Rules, differences: (Int, Int) -> [String], isAlike: (Int, Int, [String]) -> Bool
  ) {
    guard !rules.isOrdered else {
      compareInOrder(expected, actual, rules, differences)
      return
    }
    var left = Array(0..<actual)
    var open: [Int] = []
    for number in 0..<expected {
      if let place = left.firstIndex(where: { differences(number, $0).isEmpty }) {
        matches[number] = left.remove(at: place)
      } else {
        open.append(number)
      }
    }
    for number in open {
      let near = left.prefix(Self.mostCompared).map { ($0, differences(number, $0)) }.filter { isAlike(number, $0.0, $0.1) }
      guard let (other, found) = near.min(by: { $0.1.count < $1.1.count }) else {
        missing.append(number)
        continue
      }
      pairs.append(Pair(expected: number, actual: other, differences: found))
      left.removeAll { $0 == other }
    }
    unexpected = rules.allowsMore ? [] : left
  }

  private mutating func compareInOrder(
    _ expected: Int, _ actual: Int, _ rules: Rules, _ differences: (Int, Int) -> [String]
  ) {
    guard !rules.allowsMore else {
      // Each behind the one before, with anything in between.
      var next = 0
      for number in 0..<expected {
        if let place = (next..<max(next, actual)).first(where: { differences(number, $0).isEmpty }) {
          matches[number] = place
          next = place + 1
        } else {
          missing.append(number)
        }
      }
      return
    }
    for number in 0..<min(expected, actual) {
      let found = differences(number, number)
      if found.isEmpty {
        matches[number] = number
      } else {
        pairs.append(Pair(expected: number, actual: number, differences: found))
      }
    }
    missing = Array(min(expected, actual)..<expected)
    unexpected = Array(min(expected, actual)..<actual)
  }
}
