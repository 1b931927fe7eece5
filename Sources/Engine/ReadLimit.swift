import Synchronization

/// How many records of a stream are still wanted.
final class ReadLimit: Sendable {
  /// As many records as were wanted were read: the stream ends here.
  struct Reached: Error {}

  private let left: Mutex<Int>

  init(_ records: Int) { left = Mutex(records) }

  /// Takes up to `count` records.
  /// - Returns: how many of them are wanted, and whether these are the last ones.
  func take(_ count: Int) -> (wanted: Int, isLast: Bool) {
    left.withLock { left in
      let wanted = min(left, count)
      left -= wanted
      return (wanted, left == 0)
    }
  }
}
