import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension ContainerImage {
  /// Writes the image as one tar, which is an OCI archive and an archive of `docker save` at once.
  /// - Returns: its size.
  /// - Throws: ``PackagingError`` if it cannot be written; then nothing is there that was not there before.
  package func writeArchive(to place: OutputPlace) throws -> Int {
    let output = try OutputFile(protecting(place), mode: 0o644)
    var tree = ImageTree()
    for (path, bytes) in files { tree.add(path, .bytes(bytes), mode: 0o644) }
    try tree.writeTar { try output.write($0) }
    try output.finish()
    return output.count
  }

  /// Writes the image as the folder of an OCI layout, instead of one that is there.
  ///
  /// Blobs first, then the index that names them: a reader of the folder meanwhile has the image before or this one, and a write
  /// that was interrupted can be made again.
  /// - Throws: ``PackagingError`` if that cannot be written, or another folder is there.
  package func writeLayout(to place: OutputPlace) throws(PackagingError) {
    guard !place.isStandardOutput else {
      throw PackagingError("A folder cannot be written to standard output: leave out --layout, or name a folder")
    }
    let folder = place.at(Self.withoutSlash(place.path))
    let isLayout = HostPath.kind(of: "\(folder.path)/oci-layout") == .file
    let isEmpty = HostPath.names(in: folder.path).allSatisfy { TemporaryName.matches($0) }
    guard isLayout || isEmpty else {
      throw PackagingError("\(folder.path) is a folder that holds something other than an image")
    }
    try write(in: protecting(folder), isNew: !isLayout)
  }

  private func protecting(_ place: OutputPlace) -> OutputPlace {
    var place = place
    for path in hostPaths { place.protect(path, as: "a file of the image") }
    return place
  }

  private func write(in folder: OutputPlace, isNew: Bool) throws(PackagingError) {
    let blobs = "\(folder.path)/\(Self.blobFolder)"
    var made: [String] = []
    do throws(PackagingError) {
      for path in [folder.path, HostPath.folder(of: blobs), blobs] {
        if mkdir(path, 0o755) == 0 { made.append(path) } else if errno != EEXIST { throw folder.failure(.system()) }
      }
      // The index is the last of them, as it says which blobs count.
      for (name, bytes) in files.sorted(by: { Self.rank($0.path) < Self.rank($1.path) }) {
        let place = folder.at("\(folder.path)/\(name)")
        let isThere = HostPath.kind(of: place.path) != nil
        let output = try OutputFile(place, mode: 0o644)
        try output.write(bytes)
        try output.finish()
        if !isThere { made.append(place.path) }
      }
    } catch {
      if isNew { for path in made.reversed() { remove(path) } }
      throw error
    }
    let own = Set(files.map { "\(folder.path)/\($0.path)" })
    for name in HostPath.names(in: blobs) where name.utf8.count == 2 * Digest.size {
      let old = folder.at("\(blobs)/\(name)")
      if !own.contains(old.path), !old.isInput { unlink(old.path) }
    }
  }

  private static let blobFolder = "blobs/sha256"

  private static func rank(_ path: String) -> Int {
    switch path {
    case "oci-layout": 0
    case "manifest.json": 2
    case "index.json": 3
    default: 1
    }
  }

  private static func withoutSlash(_ path: String) -> String {
    let slashes = path.utf8.reversed().prefix { $0 == UInt8(ascii: "/") }.count
    return slashes == path.utf8.count ? path : String(path.dropLast(slashes))
  }
}
