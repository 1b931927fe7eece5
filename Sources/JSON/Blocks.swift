import Bytes
import CExhaustion
import CMemory
import Essentials
import Synchronization

/// Memory for pages, their indexes and their lines.
///
/// Each page needs a few blocks of some hundred kilobytes. Given back to the system and asked for again, they would have to be
/// cleared page by page each time, which took a third of a read; so those that become free are kept for the next page, as far as
/// ``keptBytes`` goes. Small blocks are `malloc`'s business.
enum Blocks {
  /// The sizes that are worth keeping.
  private static let sizes = 32 * 1024...4 * 1024 * 1024
  private static let keptBytes = 6 * 1024 * 1024
  private static let granularity = 32 * 1024

  /// Free blocks, the oldest first. Sound to share: nothing else refers to them.
  fileprivate struct Kept {
    var blocks: [(base: SharedPointer, capacity: Int)] = []
    var bytes = 0
  }

  private static let kept = Mutex(Kept())

  /// A block of at least `wanted` bytes, whatever they hold.
  static func allocate(_ wanted: Int) -> (base: UnsafeMutableRawPointer, capacity: Int) {
    if wanted < sizes.lowerBound { return (checked(malloc(wanted)), wanted) }
    let capacity = (wanted + granularity - 1) / granularity * granularity
    if capacity > sizes.upperBound { return (mapped(capacity), capacity) }
    guard let block = kept.withLock({ $0.take(capacity) }) else { return (checked(malloc(capacity)), capacity) }
    return (block.base.raw, block.capacity)
  }

  /// Gives back a block of ``allocate(_:)``.
  static func free(_ base: UnsafeMutableRawPointer, _ capacity: Int) {
    if capacity < sizes.lowerBound {
      Essentials.free(base)
    } else if capacity > sizes.upperBound {
      munmap(base, capacity)
    } else {
      let base = SharedPointer(base)
      kept.withLock { $0.add(base, capacity, limit: keptBytes) }
    }
  }

  /// A larger block with the first `count` bytes of a smaller one, which is given back.
  static func grow(
    _ base: UnsafeMutableRawPointer, _ capacity: Int, keeping count: Int, to wanted: Int
  ) -> (base: UnsafeMutableRawPointer, capacity: Int) {
    if wanted < sizes.lowerBound { return (checked(realloc(base, wanted)), wanted) }
    // A large one grows where it is, or is moved as it is: a copy would have both in memory for a moment.
    if capacity > sizes.upperBound {
      let larger = max(capacity, (wanted + granularity - 1) / granularity * granularity)
      if let moved = pages_resize(base, capacity, larger) { return (moved, larger) }
    }
    let block = allocate(wanted)
    memcpy(block.base, base, count)
    free(base, capacity)
    return block
  }

  /// Large blocks go back to the system at once. `malloc` would take the first one that is freed for a sign that many of its size
  /// will follow, and keep twice as much from then on.
  private static func mapped(_ capacity: Int) -> UnsafeMutableRawPointer {
    let memory = mmap(nil, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    return checked(memory == MAP_FAILED ? nil : memory)
  }

  /// Out of memory there is nothing left to make an error with, as everywhere in Swift.
  private static func checked(_ memory: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer {
    guard let memory else { exhaustion_end() }
    return memory
  }
}

extension Blocks.Kept {
  /// The smallest block that is large enough, and not much too large.
  fileprivate mutating func take(_ wanted: Int) -> (base: SharedPointer, capacity: Int)? {
    var best: Int?
    for (place, block) in blocks.enumerated() where block.capacity >= wanted && block.capacity / 4 <= wanted {
      if best.map({ block.capacity < blocks[$0].capacity }) ?? true { best = place }
    }
    guard let best else { return nil }
    bytes -= blocks[best].capacity
    return blocks.remove(at: best)
  }

  fileprivate mutating func add(_ base: SharedPointer, _ capacity: Int, limit: Int) {
    blocks.append((base, capacity))
    bytes += capacity
    while bytes > limit {
      let oldest = blocks.removeFirst()
      bytes -= oldest.capacity
      free(oldest.base.raw)
    }
  }
}
