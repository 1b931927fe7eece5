import ConnectorModel

/// Compares the first two pages of a slice whose pages are counted on this side: an API that counts them from 1 sends the same for the
/// numbers 0 and 1, and one that does not know the parameter sends the same for all.
struct FirstPages {
  /// How many pages were read.
  private(set) var count = 0
  private var isWatching: Bool
  private var first: Fingerprint?
  private var current = Fingerprint()
  private var isEmpty = true

  init(isWatching: Bool) { self.isWatching = isWatching }

  /// Takes in records of the page, as they were extracted. Of many, the first and the last one are looked at.
  mutating func take(_ records: [Record]) {
    guard isWatching, let first = records.first, let last = records.last else { return }
    isEmpty = false
    current.combine(UInt64(records.count))
    current.combine(first)
    current.combine(last)
  }

  /// The page was read.
  /// - Returns: whether it was the second one, and the same as the first.
  mutating func end() -> Bool {
    count += 1
    guard isWatching else { return false }
    defer { (current, isEmpty) = (Fingerprint(), true) }
    guard let first else {
      first = current
      isWatching = !isEmpty
      return false
    }
    isWatching = false
    return !isEmpty && first == current
  }
}
