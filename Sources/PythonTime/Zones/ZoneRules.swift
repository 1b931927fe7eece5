/// What the clocks of a zone show, as a file in the form of RFC 9636 says it.
struct ZoneRules: Sendable {
  /// Seconds since the epoch, in rising order, at which the offset changes.
  private let changes: [Int]
  /// The offset from each change on, in seconds east of Greenwich.
  private let offsets: [Int]
  /// The offset before the first change.
  private let first: Int
  /// What holds after the last change; nil for its offset.
  private var rule: ZoneRule?

  /// - Parameter file: a whole file. nil for one that is no zone.
  init?(file: [UInt8]) {
    guard let (old, rest) = ZoneRules.block(file[...], width: 4) else { return nil }
    if file[4] == 0 {
      self = old
    } else {
      // Since version 2, the same follows with numbers of 64 bits, and a rule.
      self.init(data: rest)
    }
  }

  /// - Parameter data: a file without the block of 32 bits that it begins with. nil for what is none.
  init?(data: ArraySlice<UInt8>) {
    guard let (rules, rest) = ZoneRules.block(data, width: 8) else { return nil }
    self = rules
    let newline = UInt8(ascii: "\n")
    guard rest.first == newline, let end = rest.dropFirst().firstIndex(of: newline) else { return nil }
    let text = rest[rest.index(after: rest.startIndex)..<end]
    if !text.isEmpty {
      guard let rule = ZoneRule(text) else { return nil }
      self.rule = rule
    }
  }

  private init(changes: [Int], offsets: [Int], first: Int) {
    self.changes = changes
    self.offsets = offsets
    self.first = first
  }

  /// The offset from UTC in seconds at an instant, in seconds since the epoch.
  func offset(at instant: Int) -> Int {
    if let rule, changes.last.map({ $0 <= instant }) ?? true { return rule.offset(at: instant) }
    // The number of changes that are not after it.
    var low = 0
    var high = changes.count
    while low < high {
      let middle = (low + high) / 2
      if changes[middle] <= instant { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? first : offsets[low - 1]
  }

  /// A header and the block that it announces (RFC 9636 §3.1, §3.2), and what is behind them.
  private static func block(_ data: ArraySlice<UInt8>, width: Int) -> (rules: ZoneRules, rest: ArraySlice<UInt8>)? {
    guard data.count >= 44, data.prefix(4).elementsEqual("TZif".utf8) else { return nil }
    let counts = (0..<6).map { integer(data.dropFirst(20 + 4 * $0).prefix(4)) }
    let (marksOfUT, marksOfStandard, leaps, times, types, letters) =
      (counts[0], counts[1], counts[2], counts[3], counts[4], counts[5])
    // Files of zones are small, and their numbers must not be trusted.
    guard counts.allSatisfy({ (0...100_000).contains($0) }), types > 0 else { return nil }
    let body = data.dropFirst(44)
    let size = times * (width + 1) + types * 6 + letters + leaps * (width + 4) + marksOfStandard + marksOfUT
    guard body.count >= size else { return nil }
    let changes = (0..<times).map { integer(body.dropFirst(width * $0).prefix(width)) }
    let numbers = body.dropFirst(width * times).prefix(times).map(Int.init)
    let typeBytes = body.dropFirst((width + 1) * times)
    let offsetOfType = (0..<types).map { integer(typeBytes.dropFirst(6 * $0).prefix(4)) }
    guard zip(changes, changes.dropFirst()).allSatisfy({ $0 < $1 }), numbers.allSatisfy({ $0 < types }),
      offsetOfType.allSatisfy({ abs($0) < 7 * 86_400 })
    else { return nil }
    let rules = ZoneRules(changes: changes, offsets: numbers.map { offsetOfType[$0] }, first: offsetOfType[0])
    return (rules, body.dropFirst(size))
  }

  /// A number with a sign, big end first.
  private static func integer(_ bytes: ArraySlice<UInt8>) -> Int {
    let bits = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return bytes.count == 4 ? Int(Int32(truncatingIfNeeded: bits)) : Int(Int64(truncatingIfNeeded: bits))
  }
}
