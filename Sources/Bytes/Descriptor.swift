import Essentials

/// A descriptor of the system, closed with the last reference to it.
package final class Descriptor: Sendable {
  package let number: Int32

  /// - Parameter number: what a call of the system gave, which failed where it is negative.
  package init(_ number: Int32) throws(FileError) {
    guard number >= 0 else { throw .system() }
    self.number = number
  }

  /// Opens a folder, to use what is in it.
  package convenience init(folder path: String) throws(FileError) {
    try self.init(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
  }

  /// Opens a file to read it; a link is followed.
  package convenience init(file path: String) throws(FileError) {
    try self.init(open(path, O_RDONLY | O_CLOEXEC))
  }

  /// Standard input, which stays open for others.
  package static func standardInput() throws(FileError) -> Descriptor {
    try Descriptor(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0))
  }

  deinit { close(number) }

  package func status() throws(FileError) -> stat {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw .system() }
    return status
  }

  // MARK: Writing

  package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) { try Self.write(bytes, to: number) }

  package func write(_ bytes: [UInt8]) throws(FileError) {
    try Self.write(bytes, to: number)
  }

  package static func write(_ bytes: [UInt8], to number: Int32) throws(FileError) {
    // The closure's errors are typed only where nothing else can be thrown.
    let result = bytes.withUnsafeBytes { bytes in Result { () throws(FileError) in try write(bytes, to: number) } }
    try result.get()
  }

  /// Writes everything, whatever interrupts it; waits while a reader is behind.
  package static func write(_ bytes: UnsafeRawBufferPointer, to number: Int32) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = Essentials.write(number, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written > 0 {
        rest = rest.dropFirst(written)
        continue
      }
      switch written < 0 ? errno : EIO {
      case EINTR: continue
      case EAGAIN:
        var ready = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        _ = poll(&ready, 1, -1)
      case let code: throw .system(code)
      }
    }
  }

  // MARK: Reading

  /// The next bytes; fewer than `count` only where the file ends.
  package func read(upTo count: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let room = min(count - bytes.count, 1 << 18)
      var failure: Int32?
      let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
        var read = Essentials.read(number, buffer.baseAddress, room)
        while read < 0, errno == EINTR { read = Essentials.read(number, buffer.baseAddress, room) }
        if read < 0 { failure = errno }
        filled = max(0, read)
      }
      if let failure { throw .system(failure) }
      if piece.isEmpty { break }
      if bytes.isEmpty, piece.count == count { return piece }
      bytes += piece
    }
    return bytes
  }

  /// The bytes from `offset` on; fewer than `count` where the file ends before.
  package func bytes(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let read = bytes.withUnsafeMutableBytes {
        pread(number, $0.baseAddress?.advanced(by: filled), $0.count - filled, off_t(offset + filled))
      }
      if read < 0, errno == EINTR { continue }
      guard read >= 0 else { throw .system() }
      if read == 0 { break }
      filled += read
    }
    return filled == count ? bytes : Array(bytes[..<filled])
  }

  /// The names in a folder, in no order, without `.` and `..`.
  package func names() throws(FileError) -> [String] {
    // A description of its own, since reading moves it.
    guard let stream = fdopendir(openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) else { throw .system() }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
