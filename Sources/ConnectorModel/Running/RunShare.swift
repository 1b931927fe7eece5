/// How much a run may take of what an API allows, where others run beside it.
package struct RunShare: Sendable, Hashable {
  /// Which of the shares it is, from 0.
  package let number: Int
  /// How many shares there are.
  package let count: Int

  /// Everything: the run is alone.
  package static let all = RunShare(uncheckedNumber: 0, of: 1)

  private init(uncheckedNumber number: Int, of count: Int) {
    self.number = number
    self.count = count
  }

  /// - Parameter number: any number that is not negative: shares are given out in turn.
  /// - Returns: nil if there is no share at all.
  package init?(_ number: Int, of count: Int) {
    guard count > 0, number >= 0 else { return nil }
    self.init(uncheckedNumber: number % count, of: count)
  }

  /// What of `total` belongs to this share. The shares make up the total and differ by one at most, but none of them is without any.
  package func portion(of total: Int) -> Int {
    max(min(total, 1), total / count + (number < total % count ? 1 : 0))
  }

  /// How a limit of calls in a span of time is divided.
  /// - Parameter weight: as how many calls the heaviest request counts: a share can always make that one.
  /// - Returns: how many calls are left, and in how many spans: where there are fewer calls than shares, each of them waits longer.
  package func rate(_ limit: Int, heaviest weight: Int) -> (calls: Int, spans: Int) {
    guard count > 1, limit > 0 else { return (limit, 1) }
    let calls = max(limit / count, min(max(weight, 1), limit))
    let (needed, isTooLarge) = calls.multipliedReportingOverflow(by: count)
    return (calls, isTooLarge ? count : max(1, (needed + limit - 1) / limit))
  }

  /// A length of time that is several spans long.
  package static func length(of span: Int64, times spans: Int) -> Int64 {
    let longest: Int64 = 4_000_000_000_000_000_000
    let (length, isTooLarge) = span.multipliedReportingOverflow(by: Int64(spans))
    return isTooLarge ? longest : min(length, longest)
  }

  /// When the first call of a span may be made, as a part of the span: where each share makes few calls, not all make them at once.
  package var beginning: Double { Double(number) / Double(count) }

  /// What is left for this share of a number that all of them use up together.
  package func remainder(of total: Int) -> Int { count == 1 || total <= 0 ? total : (total - 1) / count + 1 }

  /// The interchangeable things that belong to this share, and how many shares use each of them.
  package func own<Element>(of all: [Element]) -> (elements: [Element], users: Int) {
    guard count > 1, !all.isEmpty else { return (all, 1) }
    guard all.count < count else { return (all.indices.filter { $0 % count == number }.map { all[$0] }, 1) }
    return ([all[number % all.count]], (count + all.count - 1) / all.count)
  }
}
