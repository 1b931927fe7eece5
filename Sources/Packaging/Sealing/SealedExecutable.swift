import Crypto

/// An executable that may carry a package.
package struct SealedExecutable: Sendable {
  /// The running executable.
  package static let own = "/proc/self/exe"

  private let file: InputBytes
  private let trailer: SealTrailer?
  package var path: String { file.path }
  /// How much of the file is the executable itself.
  package let runtimeCount: Int

  /// Looks for a package; only some bytes of the file are read.
  /// - Throws: ``PackagingError`` where the file cannot be read, or its package lost its end.
  package init(path: String) throws(PackagingError) {
    file = try InputBytes(path: path)
    trailer = try SealTrailer(file.bytes(max(0, file.count - SealTrailer.size)..<file.count))
    guard let trailer else {
      runtimeCount = file.count
      let end = try ELFFile.end(of: file)
      if let end, end < file.count, try file.bytes(end..<end + SealTrailer.opening.count) == SealTrailer.opening {
        throw PackagingError(
          "The package in this executable is damaged: its end is missing or something was added behind it; package it again.")
      }
      return
    }
    runtimeCount = file.count - SealTrailer.size - trailer.count - SealTrailer.opening.count
    guard runtimeCount > 0 else { throw Self.damage }
  }

  /// The number of the processor that it is for.
  func machine() throws(PackagingError) -> Int { try ELFFile(file).machine }

  /// The package, after its checksum was found right; nil where there is none.
  package func package() throws(PackagingError) -> Package? { try contents()?.package }

  /// The package as an account for people. Checks the executable itself too.
  package func inspection() throws -> Inspection? {
    guard let trailer, let (package, runtime) = try contents() else { return nil }
    guard runtime == SealedRuntime(count: runtimeCount, digest: "\(try digestOfRuntime())") else {
      throw PackagingError("The executable before the package is not the one that was packaged: its SHA-256 differs.")
    }
    return Inspection(package: package, packageCount: trailer.count, packageDigest: trailer.digest, runtime: runtime)
  }

  private func contents() throws(PackagingError) -> (package: Package, runtime: SealedRuntime)? {
    guard let trailer else { return nil }
    let start = runtimeCount + SealTrailer.opening.count
    let bytes = try file.bytes(start..<start + trailer.count)
    guard Digest(of: bytes) == trailer.digest else { throw Self.damage }
    return try Package.decoded(bytes)
  }

  private static let damage = PackagingError(
    "The package in this executable is damaged: its SHA-256 is not the one that was written with it; package it again.")

  private func digestOfRuntime() throws -> Digest {
    var hash = SHA256()
    try file.forEachPiece(of: 0..<runtimeCount) { hash.update(data: $0) }
    return Digest(hash)
  }

  // MARK: Writing

  /// Writes a copy of this executable that carries `package` instead of what this one carries.
  /// - Throws: ``PackagingError`` where `path` cannot be written; nothing stands there then that was not there before.
  package func write(_ package: Package, to path: String) throws {
    guard try ELFFile.end(of: file) != nil else { throw PackagingError("\(file.path) is not an executable of Linux.") }
    let output = try OutputFile(path: path, mode: 0o755)
    var hash = SHA256()
    try file.forEachPiece(of: 0..<runtimeCount) { piece in
      hash.update(data: piece)
      try output.write(piece)
    }
    let bytes = package.encoded(runtime: SealedRuntime(count: runtimeCount, digest: "\(Digest(hash))"))
    try output.write(SealTrailer.opening + bytes + SealTrailer(count: bytes.count, digest: Digest(of: bytes)).bytes)
    try output.putInPlace()
  }
}

/// What `--inspect` shows.
package struct Inspection: Sendable {
  package let package: Package
  package let packageCount: Int
  package let packageDigest: Digest
  package let runtime: SealedRuntime

  /// Lines of a name, a size and a checksum each.
  package var rows: [(name: String, count: Int, digest: String)] {
    [("runtime", runtime.count, runtime.digest), ("package", packageCount, "\(packageDigest)")]
      + package.contents.map { ($0.path, $0.bytes.count, "\(Digest(of: $0.bytes))") }
  }
}
