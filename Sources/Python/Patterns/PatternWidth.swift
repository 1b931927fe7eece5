/// How many characters a part of a pattern can match: a look-behind takes one width only.
struct PatternWidth: Equatable {
  var least: Int
  var most: Int

  static let none = PatternWidth(least: 0, most: 0)
  static let one = PatternWidth(least: 1, most: 1)
  /// Widths are counted up to here.
  static let limit = 1 << 32

  var isFixed: Bool { least == most }

  func followed(by next: PatternWidth) -> PatternWidth {
    PatternWidth(least: min(least + next.least, Self.limit), most: min(most + next.most, Self.limit))
  }

  func or(_ other: PatternWidth) -> PatternWidth {
    PatternWidth(least: min(least, other.least), most: max(most, other.most))
  }

  /// - Parameter greatest: nil if the repetition has no bound.
  func repeated(_ smallest: Int, _ greatest: Int?) -> PatternWidth {
    PatternWidth(
      least: Self.product(least, smallest), most: greatest.map { Self.product(most, $0) } ?? (most == 0 ? 0 : Self.limit))
  }

  private static func product(_ width: Int, _ times: Int) -> Int {
    let (product, overflows) = width.multipliedReportingOverflow(by: times)
    return overflows ? limit : min(product, limit)
  }
}
