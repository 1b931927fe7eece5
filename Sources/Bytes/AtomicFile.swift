import Essentials
import Synchronization

/// A file that appears under its name only when it is complete: it is written beside it under another name.
///
/// A reader of the name gets the old bytes or the new ones, also after a crash of the system. What a killed process left is removed
/// by the next one that writes into the folder.
package final class AtomicFile: Sendable {
  package enum Permissions: Sendable {
    /// Those of the file that is replaced, and its owner.
    case kept
    /// These, whatever the process's mask; the owner of a file that is replaced stays where the system allows it.
    case fixed(mode_t)
    /// Those of any new file.
    case usual
  }

  private let folder: Descriptor
  private let name: String
  private let temporary: String
  private let descriptor: Descriptor
  private let isInPlace = Mutex(false)

  /// - Parameter path: links in it are followed, so that the file which they lead to is replaced.
  /// - Throws: ``FileError`` if nothing can be written there.
  package convenience init(path: String, permissions: Permissions) throws(FileError) {
    let place = try FilePlace(of: path)
    let folder = try Descriptor(folder: place.folder)
    var status = stat()
    if fstatat(folder.number, place.name, &status, AT_SYMLINK_NOFOLLOW) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw .system(EISDIR) }
      guard status.st_mode & S_IFMT == S_IFREG else { throw .refused("it is not a regular file") }
      // Where the folder can be written, a file that cannot would be replaced all the same.
      guard faccessat(folder.number, place.name, W_OK, AT_EACCESS) == 0 else { throw .system() }
    } else if case .kept = permissions {
      throw .system()
    }
    Leftovers.remove(from: folder)
    try self.init(in: folder, name: place.name, permissions: permissions)
  }

  init(in folder: Descriptor, name: String, permissions: Permissions) throws(FileError) {
    self.folder = folder
    self.name = name
    let mode: mode_t = if case .usual = permissions { 0o666 } else { 0o600 }
    (temporary, descriptor) = try Self.begin(name, in: folder, mode: mode)
    try set(permissions)
  }

  deinit { if !isInPlace.withLock({ $0 }) { unlinkat(folder.number, temporary, 0) } }

  /// A new file that is locked.
  private static func begin(_ name: String, in folder: Descriptor, mode: mode_t) throws(FileError) -> (String, Descriptor) {
    while true {
      let temporary = TemporaryName.make(for: name)
      let number = openat(folder.number, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
      if number < 0, errno == EEXIST || errno == EINTR { continue }
      let descriptor = try Descriptor(number)
      // Some file systems know no locks; on those the file is not removed by others either.
      let isLocked = flock(number, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
      // Before it was locked, another process may have thought that it was left over.
      if isLocked, try descriptor.status().st_nlink > 0 { return (temporary, descriptor) }
    }
  }

  private func set(_ permissions: Permissions) throws(FileError) {
    var status = stat()
    let isThere = fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_mode & S_IFMT == S_IFREG
    switch permissions {
    case .usual: return
    case .fixed(let mode):
      if isThere { _ = fchown(descriptor.number, status.st_uid, status.st_gid) }
      guard fchmod(descriptor.number, mode) == 0 else { throw .system() }
    case .kept:
      guard isThere else { throw .system(ENOENT) }
      let own = try descriptor.status()
      guard
        own.st_uid == status.st_uid && own.st_gid == status.st_gid
          || fchown(descriptor.number, status.st_uid, status.st_gid) == 0
      else { throw .system() }
      guard fchmod(descriptor.number, status.st_mode & 0o7777) == 0 else { throw .system() }
    }
  }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) { try descriptor.write(bytes) }

  package func write(_ bytes: [UInt8]) throws(FileError) { try descriptor.write(bytes) }

  /// Starts again.
  package func removeAll() throws(FileError) {
    guard ftruncate(descriptor.number, 0) == 0, lseek(descriptor.number, 0, SEEK_SET) == 0 else { throw .system() }
  }

  /// Puts the complete file under its name, and replaces what is there.
  package func putInPlace() throws(FileError) {
    guard fsync(descriptor.number) == 0, renameat(folder.number, temporary, folder.number, name) == 0 else { throw .system() }
    isInPlace.withLock { $0 = true }
    // The file is there in any case; some file systems cannot do this to folders.
    _ = fsync(folder.number)
  }
}
