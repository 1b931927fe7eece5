import Essentials

/// What writers left that were killed.
///
/// Each holds a lock on its unfinished file (flock(2)), which ends with its process: a file without one belongs to no process.
enum Leftovers {
  /// Removes them from a folder. What cannot be removed stays.
  static func remove(from folder: Descriptor) {
    guard let names = try? folder.names() else { return }
    for name in names where TemporaryName.matches(name) && isAbandoned(name, in: folder) { unlinkat(folder.number, name, 0) }
  }

  private static func isAbandoned(_ name: String, in folder: Descriptor) -> Bool {
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    guard let file = try? Descriptor(openat(folder.number, name, flags)), let status = try? file.status() else { return false }
    return status.st_mode & S_IFMT == S_IFREG && status.st_uid == geteuid() && flock(file.number, LOCK_EX | LOCK_NB) == 0
  }
}
