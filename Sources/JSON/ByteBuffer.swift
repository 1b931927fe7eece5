import Essentials

/// A growable run of raw bytes: where pages are received and lines are written.
///
/// It has one owner at any time (it cannot be copied), so handing it to another task is sound although it holds a pointer.
package struct ByteBuffer: ~Copyable, @unchecked Sendable {
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// The number of bytes written.
  package private(set) var count: Int

  /// How much more room than its bytes a buffer needs to be frozen without being moved.
  package static let frozenPadding = JSONBytes.padding

  package init(capacity: Int = 0) {
    let block = Blocks.allocate(max(capacity, 64))
    base = block.base.bindMemory(to: UInt8.self, capacity: block.capacity)
    self.capacity = block.capacity
    count = 0
  }

  /// A padded block that holds `bytes`, to be given back by the caller.
  static func copy(_ bytes: UnsafeRawBufferPointer) -> Parts {
    var buffer = ByteBuffer(capacity: bytes.count + JSONBytes.padding)
    buffer.append(bytes)
    return buffer.release()
  }

  deinit { Blocks.free(base, capacity) }

  /// Makes room for `extra` more bytes.
  @inline(__always)
  package mutating func reserve(_ extra: Int) {
    if capacity &- count < extra { grow(extra) }
  }

  @inline(never)
  private mutating func grow(_ extra: Int) {
    let wanted = max(count + extra, capacity + capacity / 2)
    let block = Blocks.grow(base, capacity, keeping: count, to: wanted)
    base = block.base.bindMemory(to: UInt8.self, capacity: block.capacity)
    capacity = block.capacity
  }

  @inline(__always)
  package mutating func append(_ byte: UInt8) {
    reserve(1)
    base[count] = byte
    count &+= 1
  }

  @inline(__always)
  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    append(start, bytes.count)
  }

  /// Appends the text's UTF-8.
  package mutating func append(_ text: StaticString) {
    append(UnsafeRawPointer(text.utf8Start), text.utf8CodeUnitCount)
  }

  /// Appends the text's UTF-8.
  package mutating func append(_ text: String) {
    var text = text
    reserve(text.utf8.count)
    let (target, room) = (base + count, capacity - count)
    count += text.withUTF8 { utf8 in
      guard let start = utf8.baseAddress, utf8.count <= room else { return 0 }
      memcpy(target, start, utf8.count)
      return utf8.count
    }
  }

  @inline(__always)
  mutating func append(_ start: UnsafeRawPointer, _ length: Int) {
    reserve(length)
    memcpy(base + count, start, length)
    count &+= length
  }

  @inline(__always)
  mutating func append(_ start: UnsafePointer<UInt8>, _ length: Int) {
    append(UnsafeRawPointer(start), length)
  }

  /// Appends a decimal integer.
  mutating func append(decimal value: Int) {
    reserve(20)
    if value < 0 { append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    var length = 1
    var bound: UInt = 10
    while length < 20, rest >= bound {
      length += 1
      let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
      if overflow { break }
      bound = next
    }
    var position = count + length
    count = position
    repeat {
      position -= 1
      base[position] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
  }

  /// The bytes so far with the padding behind them that ``JSONBytes`` has, valid until the next change.
  mutating func padded() -> UnsafePointer<UInt8> {
    reserve(JSONBytes.padding)
    memset(base + count, 0, JSONBytes.padding)
    return UnsafePointer(base)
  }

  /// Forgets the bytes and keeps the memory.
  package mutating func removeAll() { count = 0 }

  /// Forgets the bytes from `length` on; more than there are changes nothing.
  package mutating func truncate(to length: Int) { count = min(count, max(length, 0)) }

  /// Calls `body` with the bytes written so far.
  package borrowing func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// A copy as an array.
  package var array: [UInt8] { Array(UnsafeBufferPointer(start: base, count: count)) }
  /// A copy as text.
  package var string: String { String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self) }

  /// Turns the buffer into bytes that can be shared, without copying them.
  package consuming func freeze() -> JSONBytes { JSONBytes(adopting: release()) }

  /// A block of ``Blocks`` and how much of it is used.
  typealias Parts = (base: UnsafeMutablePointer<UInt8>, count: Int, capacity: Int)

  /// Gives the block away, padded as ``JSONBytes`` needs it.
  consuming func release() -> Parts {
    _ = padded()
    let parts = (base, count, capacity)
    discard self
    return parts
  }
}
