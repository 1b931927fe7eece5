/// Undoes the compressions of a body, one after the other, in steps.
///
/// What one of them makes waits until the next one has read it, so that a body that was compressed twice grows in steps as small as
/// any other: a kilobyte of it can unpack to a gigabyte.
final class DecompressorChain {
  private struct Stage {
    let decompressor: Decompressor
    /// What it has still to read, from `start` on.
    var waiting: [UInt8] = []
    var start = 0

    var hasInput: Bool { start < waiting.count }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
      if !hasInput { (waiting, start) = ([], 0) }
      waiting += bytes
    }

    mutating func read(_ count: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
      let end = min(start + count, waiting.count)
      try waiting.withUnsafeBytes { try decompressor.read(UnsafeRawBufferPointer(rebasing: $0[start..<end]), body) }
      start = end
    }
  }

  private var stages: [Stage]

  /// - Parameter decompressors: at least one, in the order in which they are applied.
  init(_ decompressors: [Decompressor]) { stages = decompressors.map { Stage(decompressor: $0) } }

  /// Whether something of the body waits.
  var hasInput: Bool { stages.contains { $0.hasInput } }

  /// Takes in the next bytes of the body.
  func append(_ bytes: UnsafeRawBufferPointer) { stages[0].append(bytes) }

  /// Reads some of what waits, and calls `body` with what comes out of the last compression: about `size` bytes, or none yet.
  /// - Returns: false if nothing waited.
  /// - Throws: ``InflateError``, or what `body` throws.
  func advance(_ size: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
    guard let place = stages.lastIndex(where: { $0.hasInput }) else { return false }
    let step = stages[place].decompressor.step(for: size)
    // What follows is small, and is copied since a stage cannot change while another one of the same array is read.
    var made: [UInt8] = []
    let isLast = place == stages.count - 1
    try stages[place].read(step) { piece in if isLast { try body(piece) } else { made += piece } }
    if !isLast { made.withUnsafeBytes { stages[place + 1].append($0) } }
    return true
  }

  /// Reads what is left when the body is over.
  /// - Throws: ``InflateError`` if the body ended within the data of one of them, or what `body` throws.
  func finish(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    for place in stages.indices {
      while try advance(.max, body) {}
      var made: [UInt8] = []
      try stages[place].decompressor.finish { made += $0 }
      guard !made.isEmpty else { continue }
      try made.withUnsafeBytes { if place + 1 < stages.count { stages[place + 1].append($0) } else { try body($0) } }
    }
  }
}
