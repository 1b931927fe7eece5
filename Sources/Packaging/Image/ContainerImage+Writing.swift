import Glibc

extension ContainerImage {
  /// Writes the image as one tar, which is an OCI archive and an archive of `docker save` at once.
  /// - Throws: ``PackagingError`` where `path` cannot be written; nothing stands there then that was not there before.
  package func writeArchive(to path: String) throws {
    let output = try OutputFile(path: path, mode: 0o644)
    var tree = ImageTree()
    for (path, bytes) in files { tree.add(path, .bytes(bytes), mode: 0o644) }
    try tree.writeTar { try output.write($0) }
    try output.putInPlace()
  }

  /// Writes the image as the folder of an OCI layout, in the place of one that is there.
  /// - Throws: ``PackagingError`` where that cannot be written, or another folder stands there.
  package func writeLayout(to path: String) throws(PackagingError) {
    let path = HostPath.plain(path)
    let isLayout = HostPath.kind(of: "\(path)/oci-layout") == .file
    guard isLayout || HostPath.names(in: path).isEmpty else {
      throw PackagingError("\(path) is a folder that holds something else than an image.")
    }
    guard let temporary = Self.temporaryFolder(beside: path) else { throw PackagingError(system: "\(path) cannot be written") }
    defer { Self.remove(temporary) }
    guard mkdir("\(temporary)/new", 0o755) == 0, mkdir("\(temporary)/new/blobs", 0o755) == 0,
      mkdir("\(temporary)/new/blobs/sha256", 0o755) == 0
    else { throw PackagingError(system: "\(path) cannot be written") }
    for (name, bytes) in files {
      let output = try OutputFile(path: "\(temporary)/new/\(name)", mode: 0o644)
      try output.write(bytes)
      try output.putInPlace()
    }
    guard !isLayout || rename(path, "\(temporary)/old") == 0, rename("\(temporary)/new", path) == 0 else {
      throw PackagingError(system: "\(path) cannot be written")
    }
  }

  private static func temporaryFolder(beside path: String) -> String? {
    let folder = HostPath.folder(of: path)
    var template = Array("\(folder == "/" ? "" : folder)/.\(HostPath.name(of: path)).XXXXXX".utf8CString)
    return template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
  }

  private static func remove(_ path: String) {
    if HostPath.kind(of: path) == .folder, HostPath.link(at: path) == nil {
      for name in HostPath.names(in: path) { remove("\(path)/\(name)") }
    }
    Glibc.remove(path)
  }
}
