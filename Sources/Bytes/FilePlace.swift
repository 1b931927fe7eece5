import Essentials

/// Where the file of a path lies: links at its end are followed, whether or not they lead to something.
package struct FilePlace: Sendable {
  package let folder: String
  package let name: String
  /// The descriptor of this process that the path stands for, as `/dev/stdout` does.
  package let descriptor: Int32?
  /// The same as a path.
  package var path: String { folder == "/" ? "/\(name)" : "\(folder)/\(name)" }

  private static let maximumLinks = 40

  /// - Throws: ``FileError`` if the path ends with no name, or its links lead in a circle.
  package init(of path: String) throws(FileError) {
    var path = path
    var descriptor: Int32?
    for _ in 0...Self.maximumLinks {
      let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
      let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
      let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
      guard !name.isEmpty, name != ".", name != ".." else { throw .system(path.isEmpty ? ENOENT : EISDIR) }
      guard let target = Self.link(at: path) else {
        self.folder = folder
        self.name = name
        self.descriptor = descriptor
        return
      }
      if descriptor == nil, let number = Int32(name), Self.real(folder) == Self.real("/proc/self/fd") { descriptor = number }
      path = target.hasPrefix("/") ? target : "\(folder)/\(target)"
    }
    throw .system(ELOOP)
  }

  /// The path without symbolic links; nil if there is nothing.
  package static func real(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  /// Where a symbolic link leads, as it is written; nil if `path` is not a link.
  /// - Parameter folder: the descriptor of the folder that `path` is taken from.
  package static func link(at path: String, in folder: Int32 = AT_FDCWD) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      guard let start = buffer.baseAddress else { return nil }
      let count = readlinkat(folder, path, start, buffer.count)
      return count < 0 ? nil : String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
