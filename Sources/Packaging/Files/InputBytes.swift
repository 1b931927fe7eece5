import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that is open for reading at any place.
final class InputBytes: Sendable {
  let path: String
  let count: Int
  private let descriptor: Descriptor

  init(path: String) throws(PackagingError) {
    self.path = path
    let status: stat
    do {
      // A pipe would wait for its writer.
      descriptor = try Descriptor(open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC))
      status = try descriptor.status()
    } catch { throw PackagingError("\(path) cannot be opened: \(error)") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw PackagingError("\(path) is not a file") }
    count = Int(status.st_size)
  }

  /// The bytes of a range; fewer where the file ends before.
  func bytes(_ range: Range<Int>) throws(PackagingError) -> [UInt8] {
    let wanted = range.clamped(to: 0..<count)
    do { return try descriptor.bytes(at: wanted.lowerBound, count: wanted.count) } catch {
      throw PackagingError("\(path) cannot be read: \(error)")
    }
  }

  /// Hands out a range in pieces, each with its place.
  func forEachPiece(of range: Range<Int>, _ body: (Int, [UInt8]) throws -> Void) throws {
    var start = range.lowerBound
    while start < range.upperBound {
      let piece = try bytes(start..<min(start + 1 << 20, range.upperBound))
      guard !piece.isEmpty else { throw PackagingError("\(path) became shorter while it was read") }
      try body(start, piece)
      start += piece.count
    }
  }
}
