import Foundation

/// A temporary file that has no name: the system removes it when it is closed, however the process ends.
final class SpillFile: Sendable {
  private let descriptor: Int32
  private let end: EndOfFile

  /// Only ``append(_:)`` uses it, which its caller keeps to one thread at a time.
  private final class EndOfFile: @unchecked Sendable { var offset: UInt64 = 0 }

  /// Nil where no file can be made in `folder`.
  init?(folder: String) {
    var path = Array((folder + (folder.hasSuffix("/") ? "" : "/") + "airbyte-lowcode-XXXXXX").utf8CString)
    descriptor = mkstemp(&path)
    end = EndOfFile()
    guard descriptor >= 0 else { return nil }
    unlink(path)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Writes `data` at the end. One call at a time.
  /// - Returns: where it begins; nil where it could not be written.
  func append(_ data: Data) -> UInt64? {
    let start = end.offset
    var written = 0
    while written < data.count {
      let count = data.withUnsafeBytes { bytes in
        pwrite(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written, off_t(start) + off_t(written))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      written += count
    }
    end.offset = start + UInt64(data.count)
    return start
  }

  /// The `count` bytes at `offset`; nil where they cannot be read.
  func read(at offset: UInt64, count: Int) -> Data? {
    var data = Data(count: count)
    var done = 0
    while done < count {
      let got = data.withUnsafeMutableBytes { bytes in
        pread(descriptor, bytes.baseAddress.map { $0 + done }, count - done, off_t(offset) + off_t(done))
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { return nil }
      done += got
    }
    return data
  }
}
