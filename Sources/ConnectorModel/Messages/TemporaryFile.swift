import AirbyteProtocol
import Concurrency
import Essentials
import Synchronization

/// A file without a name, which is gone when it is let go: bytes that are too many for memory.
///
/// Sound to share: its descriptor is fixed, and the system keeps each read and each append apart.
package final class TemporaryFile: BodyStore {
  private let descriptor: Int32
  private let folder: String

  /// - Parameter folder: where there is room for it; the system's folder for temporary files if it is nil.
  /// - Throws: ``ConnectorError`` if it cannot be made.
  package init(folder: String? = nil) throws(ConnectorError) {
    self.folder = folder ?? FileManager.default.temporaryDirectory.path
    var path = Array("\(self.folder)/airbyte-lowcode-XXXXXX".utf8CString)
    descriptor = path.withUnsafeMutableBufferPointer { $0.baseAddress.map { mkstemp($0) } ?? -1 }
    guard descriptor >= 0 else { throw Self.failure("made", self.folder) }
    unlink(path)
    // Nothing of it is for programs that this one starts.
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(descriptor) }

  package var size: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  package func removeAll() throws(ConnectorError) {
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else { throw Self.failure("emptied", folder) }
  }

  package func append(_ data: Data) throws(ConnectorError) {
    let isWritten = data.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
    if !isWritten { throw Self.failure("written", folder) }
  }

  /// Writes bytes from `offset` on.
  package func put(_ data: Data, at offset: Int) throws(ConnectorError) {
    let isWritten = data.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
        let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + written))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        written += count
      }
      return true
    }
    if !isWritten { throw Self.failure("written", folder) }
  }

  /// The bytes from `offset` on, fewer than `count` only at the end.
  package func read(at offset: Int, count: Int) throws(ConnectorError) -> Data {
    guard offset >= 0, count > 0, offset < size else { return Data() }
    var data = Data(count: min(count, size - offset))
    var filled = 0
    while filled < data.count {
      let start = filled
      let read = data.withUnsafeMutableBytes { bytes in
        pread(descriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start, off_t(offset + start))
      }
      if read < 0, errno == EINTR { continue }
      guard read > 0 else { throw Self.failure("read", folder) }
      filled += read
    }
    return data
  }

  private static func failure(_ what: String, _ folder: String) -> ConnectorError {
    ConnectorError(
      .system,
      "A temporary file in \(folder) could not be \(what): \(SystemLimits.reason(errno)). "
        + "The environment variable TMPDIR names the folder for such files")
  }
}

extension TemporaryFile {
  /// Reads the file from its beginning.
  package var source: (any BodySource)? { TemporaryFileSource(self) }
}

private final class TemporaryFileSource: BodySource {
  private static let partSize = 256 * 1024
  private let file: TemporaryFile
  private let position = Mutex(0)

  init(_ file: TemporaryFile) { self.file = file }

  func next() async throws(TransportError) -> Data? {
    let part: Data
    do throws(ConnectorError) {
      part = try file.read(at: position.withLock { $0 }, count: Self.partSize)
    } catch {
      throw TransportError(.other, error.message)
    }
    position.withLock { $0 += part.count }
    return part.isEmpty ? nil : part
  }
}
