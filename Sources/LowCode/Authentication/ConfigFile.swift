import Foundation

/// The file of a config, which is replaced as a whole: whoever reads it gets the old text or the new one.
struct ConfigFile: Sendable {
  /// What went wrong, as the system says it.
  struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String = String(cString: strerror(errno))) { self.description = description }
  }

  let path: String

  /// Replaces the file, or the one that a link leads to; its permissions and its owner stay.
  /// - Throws: ``Failure``; the file is then as it was.
  func replace(with text: String) throws(Failure) {
    guard let resolved = realpath(path, nil) else { throw Failure() }
    defer { free(resolved) }
    var status = stat()
    guard stat(resolved, &status) == 0 else { throw Failure() }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Failure("it is no regular file") }
    // Where the folder can be written, a file that cannot would be replaced all the same.
    guard access(resolved, W_OK) == 0 else { throw Failure() }
    var name = Array("\(String(cString: resolved)).XXXXXX".utf8CString)
    let descriptor = name.withUnsafeMutableBufferPointer { $0.baseAddress.map { mkstemp($0) } ?? -1 }
    guard descriptor >= 0 else { throw Failure() }
    do throws(Failure) {
      defer { close(descriptor) }
      // Only root may give a file away, and to everybody else it belongs already.
      _ = fchown(descriptor, status.st_uid, status.st_gid)
      guard fchmod(descriptor, status.st_mode & 0o7777) == 0 else { throw Failure() }
      try Self.write(text, to: descriptor)
    } catch {
      unlink(name)
      throw error
    }
    guard rename(name, resolved) == 0 else {
      let failure = Failure()
      unlink(name)
      throw failure
    }
  }

  private static func write(_ text: String, to descriptor: Int32) throws(Failure) {
    var text = text
    let isWritten = text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)[...]
      while !rest.isEmpty {
        let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return fsync(descriptor) == 0
    }
    if !isWritten { throw Failure() }
  }
}
