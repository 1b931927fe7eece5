import Glibc

/// A file that is open for reading at any place.
final class InputBytes: Sendable {
  let path: String
  let count: Int
  private let descriptor: Int32

  init(path: String) throws(PackagingError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw PackagingError(system: "\(path) cannot be opened") }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = PackagingError(system: "\(path) cannot be read")
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw PackagingError("\(path) is not a file.")
    }
    count = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// The bytes of a range; fewer where the file ends before.
  func bytes(_ range: Range<Int>) throws(PackagingError) -> [UInt8] {
    let wanted = range.clamped(to: 0..<count)
    var bytes = [UInt8](repeating: 0, count: wanted.count)
    var filled = 0
    while filled < bytes.count {
      let read = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled, off_t(wanted.lowerBound + filled))
      }
      if read < 0, errno == EINTR { continue }
      guard read >= 0 else { throw PackagingError(system: "\(path) cannot be read") }
      if read == 0 { break }
      filled += read
    }
    return filled == bytes.count ? bytes : Array(bytes[..<filled])
  }

  /// Hands out a range in pieces.
  func forEachPiece(of range: Range<Int>, _ body: ([UInt8]) throws -> Void) throws {
    var start = range.lowerBound
    while start < range.upperBound {
      let piece = try bytes(start..<min(start + 1 << 20, range.upperBound))
      guard !piece.isEmpty else { throw PackagingError("\(path) became shorter while it was read.") }
      try body(piece)
      start += piece.count
    }
  }
}
