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

  /// Remembers the keys of a page, one after the other.
  /// - Parameters:
  ///   - keys: 0 stands for none.
  ///   - repeated: takes the place of each that came before.
  mutating func insert(_ keys: UnsafeBufferPointer<UInt64>, repeated: (Int) -> Void) {
    var next = 0
    while next < keys.count {
      if count * 4 >= slots.count * 3, !isFull { grow() }
      if slots.isEmpty || isFull {
        for place in next..<keys.count where keys[place] != 0 && insert(keys[place]) { repeated(place) }
        return
      }
      // As many as fit whatever they are.
      let end = min(keys.count, next + max(1, slots.count / 4 * 3 - count))
      count += slots.withUnsafeMutableBufferPointer { slots in Self.insert(keys, next..<end, into: slots, repeated) }
      next = end
    }
  }

  /// - Returns: how many are new.
  private static func insert(
    _ keys: UnsafeBufferPointer<UInt64>, _ places: Range<Int>, into slots: UnsafeMutableBufferPointer<UInt64>,
    _ repeated: (Int) -> Void
  ) -> Int {
    guard let keys = keys.baseAddress, let words = slots.baseAddress else { return 0 }
    let mask = slots.count &- 1
    var new = 0
    for place in places {
      let key = keys[place]
      if key == 0 { continue }
      var slot = Int(truncatingIfNeeded: key) & mask
      while words[slot] != 0, words[slot] != key { slot = (slot &+ 1) & mask }
      if words[slot] == key {
        repeated(place)
      } else {
        words[slot] = key
        new &+= 1
      }
    }
    return new
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
