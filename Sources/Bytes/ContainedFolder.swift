import Essentials
import Synchronization

/// A folder whose files have names that somebody else chose.
///
/// Every step is opened by itself, without following links; a link that stays below the folder is followed step by step as well. So
/// nothing leads out of it, even if somebody changes the folder meanwhile.
package final class ContainedFolder: Sendable {
  private let root: Descriptor
  /// The folder's path as it was given.
  package let path: String
  /// The folders below that were looked through for what killed writers left, so that many files in one do not do so each.
  private let tidied = Mutex<Set<FileIdentity>>([])

  private static let maximumLinks = 40

  /// - Throws: ``FileError`` if there is no folder at `path`, which may be a link to one.
  package init(path: String) throws(FileError) {
    self.path = path
    root = try Descriptor(folder: path)
  }

  package func status() throws(FileError) -> stat { try root.status() }

  /// Opens a file for reading.
  /// - Throws: ``FileError`` if it cannot be read, or what is there is not a regular file.
  package func file(at path: ContainedPath) throws(FileError) -> Descriptor {
    let (folder, name, kind) = try locate(path, followingLast: true, making: false)
    guard kind == S_IFREG else { throw kind == S_IFDIR ? .system(EISDIR) : .refused("it is not a regular file") }
    let file = try Descriptor(openat(folder.number, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC))
    guard try file.status().st_mode & S_IFMT == S_IFREG else { throw .refused("it is not a regular file") }
    return file
  }

  /// Begins a file, with the folders on the way to it; a link in its place is replaced.
  /// - Throws: ``FileError`` if it cannot be there.
  package func makeFile(at path: ContainedPath) throws(FileError) -> AtomicFile {
    guard self.path.utf8.count + 1 + path.description.utf8.count <= ContainedPath.maximumPath else {
      throw .system(ENAMETOOLONG)
    }
    let (folder, name, kind) = try locate(path, followingLast: false, making: true)
    guard kind == S_IFREG || kind == S_IFLNK || kind == nil else {
      throw kind == S_IFDIR ? .system(EISDIR) : .refused("what is there is not a regular file")
    }
    let identity = FileIdentity(try folder.status())
    if tidied.withLock({ $0.insert(identity).inserted }) { Leftovers.remove(from: folder) }
    return try AtomicFile(in: folder, name: name, permissions: .usual)
  }

  /// The folder of a path's last step, that step, and what is there.
  private func locate(
    _ path: ContainedPath, followingLast: Bool, making: Bool
  ) throws(FileError) -> (folder: Descriptor, name: String, kind: mode_t?) {
    var folders = [root]
    var rest = Array(path.steps.reversed())
    var links = 0
    while let step = rest.popLast() {
      if step == ".." {
        guard folders.count > 1 else { throw FileError.leadsOut }
        folders.removeLast()
        continue
      }
      let folder = folders[folders.count - 1]
      var status = stat()
      guard fstatat(folder.number, step, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
        guard making, errno == ENOENT else { throw .system() }
        if rest.isEmpty { return (folder, step, nil) }
        guard mkdirat(folder.number, step, 0o777) == 0 || errno == EEXIST else { throw .system() }
        rest.append(step)
        continue
      }
      let kind = status.st_mode & S_IFMT
      if kind == S_IFLNK, followingLast || !rest.isEmpty {
        links += 1
        guard links <= Self.maximumLinks else { throw .system(ELOOP) }
        guard let target = FilePlace.link(at: step, in: folder.number) else { throw .system() }
        if target.hasPrefix("/") { folders = [root] }
        rest += try stepsOfLink(target).reversed()
      } else if rest.isEmpty {
        return (folder, step, kind)
      } else {
        folders.append(try Descriptor(openat(folder.number, step, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)))
      }
    }
    // A link led to a folder on the way.
    throw .system(EISDIR)
  }

  /// The steps from the link's own folder, or from the root if the link is absolute and leads below the root.
  private func stepsOfLink(_ target: String) throws(FileError) -> [String] {
    guard target.hasPrefix("/") else { return ContainedPath.split(target) }
    guard let real = FilePlace.real(path) else { throw .system() }
    let root = ContainedPath.split(real)
    let steps = ContainedPath.split(target)
    guard !steps.contains(".."), steps.starts(with: root) else { throw FileError.leadsOut }
    return Array(steps.dropFirst(root.count))
  }
}
