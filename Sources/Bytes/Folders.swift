import Essentials

/// Folders of the file system.
package enum Folders {
  /// Makes a folder and those that it is in, where they are missing.
  /// - Throws: ``FileError``: what is in the way, or why the system refuses.
  package static func make(_ path: String) throws(FileError) {
    guard !path.isEmpty else { throw .refused("its name is empty") }
    if isFolder(path) { return }
    var end = path.startIndex
    while end < path.endIndex {
      end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
      let folder = String(path[..<end])
      if mkdir(folder, 0o777) == 0 || isFolder(folder) { continue }
      let code = errno
      throw code == EEXIST || code == ENOTDIR ? .refused("\(folder) is a file") : .system(code)
    }
  }

  /// Whether there is a folder at a path, by itself or by a link.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    let code = errno
    defer { errno = code }
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
