import Glibc

/// A file that stands under its name when it is whole, and not before: it is written beside it under another name.
final class OutputFile {
  private let path: String
  private let temporary: String
  private let descriptor: Int32
  private var isInPlace = false

  /// - Throws: ``PackagingError`` where nothing can be written beside `path`.
  init(path: String, mode: mode_t) throws(PackagingError) {
    self.path = path
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw PackagingError("\(path) is a folder; the output should be a file.")
    }
    let parts = path.lastIndex(of: "/").map { (path[...$0], path[path.index(after: $0)...]) } ?? ("", path[...])
    var template = Array("\(parts.0).\(parts.1).XXXXXX".utf8CString)
    descriptor = mkstemp(&template)
    temporary = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    guard descriptor >= 0 else { throw PackagingError(system: "\(path) cannot be written") }
    guard fchmod(descriptor, mode) == 0 else { throw discard() }
  }

  deinit {
    close(descriptor)
    if !isInPlace { unlink(temporary) }
  }

  func write(_ bytes: some Sequence<UInt8>) throws(PackagingError) {
    let bytes = Array(bytes)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw discard() }
      written += count
    }
  }

  /// Puts the whole file under its name.
  func putInPlace() throws(PackagingError) {
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw discard() }
    isInPlace = true
  }

  private func discard() -> PackagingError { PackagingError(system: "\(path) cannot be written") }
}
