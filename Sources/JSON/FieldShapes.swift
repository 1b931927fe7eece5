/// The forms that objects had lately.
///
/// Where objects differ more than these can hold, they are looked at less often, so that they cost next to nothing.
///
/// Unsafe inside: a block for a few forms, of which the first ``count`` are there.
struct FieldShapes: ~Copyable {
  private static let most = 4
  /// After so many misses in a row nothing is looked at for a while, which doubles up to `longestRest`.
  private static let patience = 16
  private static let longestRest = 1_024

  private let shapes: UnsafeMutablePointer<FieldShape>
  private var count = 0
  /// The form of the last hit.
  private var latest = 0
  /// How many objects are still to be passed over.
  private var rest = 0
  private var nextRest = patience
  private var missesInARow = 0
  /// Forms that were made, and how many misses there are to be before the next one is.
  private var made = 0
  private var wait = 0

  init() { shapes = .allocate(capacity: Self.most) }

  deinit {
    shapes.deinitialize(count: count)
    shapes.deallocate()
  }

  /// Counts an object that has one of the forms.
  /// - Returns: false if it has none.
  @inline(__always)
  mutating func count(_ tape: Tape, _ index: Int) -> Bool {
    if rest > 0 {
      rest &-= 1
      return false
    }
    if latest < count, (shapes + latest).pointee.matches(tape, index) {
      (shapes + latest).pointee.hits &+= 1
      missesInARow = 0
      return true
    }
    return countOther(tape, index)
  }

  @inline(never)
  private mutating func countOther(_ tape: Tape, _ index: Int) -> Bool {
    for place in 0..<count where place != latest && (shapes + place).pointee.matches(tape, index) {
      (shapes + place).pointee.hits &+= 1
      latest = place
      missesInARow = 0
      nextRest = Self.patience
      return true
    }
    missesInARow += 1
    if missesInARow >= Self.patience {
      missesInARow = 0
      rest = nextRest
      nextRest = min(nextRest * 2, Self.longestRest)
    }
    return false
  }

  /// Whether the form of an object that had none should be added: the more there were, the seldomer.
  mutating func wantsAnother() -> Bool {
    if rest > 0 { return false }
    if wait > 0 {
      wait -= 1
      return false
    }
    made += 1
    wait = 4 * made * made
    return true
  }

  /// Adds a form, in the place of the oldest one if there are enough.
  /// - Parameter counts: where the objects of a form that is dropped are counted.
  mutating func add(_ shape: consuming FieldShape, _ counts: UnsafeMutablePointer<Int>) {
    if count < Self.most {
      (shapes + count).initialize(to: shape)
      latest = count
      count += 1
      return
    }
    let oldest = made % Self.most
    Self.settle(&(shapes + oldest).pointee, counts)
    (shapes + oldest).pointee = shape
    latest = oldest
  }

  /// Adds what was counted to the counters of the fields.
  mutating func settle(_ counts: UnsafeMutablePointer<Int>) {
    for place in 0..<count { Self.settle(&(shapes + place).pointee, counts) }
  }

  private static func settle(_ shape: inout FieldShape, _ counts: UnsafeMutablePointer<Int>) {
    guard shape.hits > 0 else { return }
    for counter in shape.counters { counts[Int(counter)] += shape.hits }
    shape.hits = 0
  }
}
