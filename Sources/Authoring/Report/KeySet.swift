import Synchronization

/// The memory that the keys of all streams of a read may take.
final class KeyRoom: Sendable {
  private let left: Atomic<Int>

  /// - Parameter bytes: how much there is.
  init(bytes: Int) { left = Atomic(bytes) }

  /// Takes some of it.
  /// - Returns: whether there was enough.
  func take(_ bytes: Int) -> Bool {
    if left.subtract(bytes, ordering: .relaxed).newValue >= 0 { return true }
    left.add(bytes, ordering: .relaxed)
    return false
  }
}

/// Numbers that stand for the keys of records, within a bound of memory: which of them came before.
struct KeySet {
  private static let smallest = 1_024
  private let room: KeyRoom
  private var slots: [UInt64] = []
  /// How many different keys are remembered.
  private(set) var count = 0
  /// Whether there were keys for which there was no room.
  private(set) var isFull = false

  init(in room: KeyRoom) { self.room = room }

  /// Remembers a key.
  /// - Returns: whether it came before.
  mutating func insert(_ key: UInt64) -> Bool {
    // An empty place is 0.
    let key = key == 0 ? 1 : key
    if count * 4 >= slots.count * 3, !isFull { grow() }
    if slots.isEmpty { return false }
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: key) & mask
    while slots[place] != 0 {
      if slots[place] == key { return true }
      place = (place + 1) & mask
    }
    if isFull { return false }
    slots[place] = key
    count += 1
    return false
  }

  private mutating func grow() {
    let size = slots.isEmpty ? Self.smallest : slots.count * 2
    guard room.take((size - slots.count) * MemoryLayout<UInt64>.size) else {
      isFull = true
      return
    }
    let old = slots
    slots = [UInt64](repeating: 0, count: size)
    for key in old where key != 0 {
      var place = Int(truncatingIfNeeded: key) & (size - 1)
      while slots[place] != 0 { place = (place + 1) & (size - 1) }
      slots[place] = key
    }
  }
}
