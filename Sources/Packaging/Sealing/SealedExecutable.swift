import Bytes

/// An executable that may carry a package.
package struct SealedExecutable: Sendable {
  /// The running executable.
  package static let own = "/proc/self/exe"

  private let file: InputBytes
  private let mark: SealMark?
  private let trailer: SealTrailer?
  package var path: String { file.path }
  /// How much of the file is the executable itself.
  package let runtimeCount: Int

  /// Looks for a package; only some bytes of the file are read.
  /// - Throws: ``PackagingError`` if the file cannot be read, or it or its package lost its end.
  package init(path: String) throws(PackagingError) {
    file = try InputBytes(path: path)
    let end = try ELFFile.end(of: file)
    if let end, end > file.count { throw Self.damage(path, "its end is missing") }
    mark = try SealMark(file)
    trailer = try SealTrailer(file.bytes(max(0, file.count - SealTrailer.size)..<file.count))
    guard let mark, mark.sealedCount > 0 else {
      let isOpened = try Self.hasOpening(at: end, of: file)
      if trailer != nil || isOpened { throw Self.damage(path, "the program does not use its package") }
      runtimeCount = file.count
      return
    }
    guard file.count == mark.sealedCount else {
      throw Self.damage(path, "it has \(file.count) bytes instead of \(mark.sealedCount)")
    }
    guard let trailer else { throw Self.damage(path, "its end is not what was written") }
    runtimeCount = file.count - SealTrailer.size - trailer.count - SealTrailer.opening.count
    guard runtimeCount > 0 else { throw Self.damage(path, "the size of its package is impossible") }
  }

  private static func hasOpening(at place: Int?, of file: InputBytes) throws(PackagingError) -> Bool {
    guard let place, place < file.count else { return false }
    return try file.bytes(place..<place + SealTrailer.opening.count) == SealTrailer.opening
  }

  private static func damage(_ path: String, _ reason: String) -> PackagingError {
    PackagingError("\(path == own ? "This executable" : path) is damaged: \(reason); copy or package it again")
  }

  /// The number of the processor that it is for.
  func machine() throws(PackagingError) -> Int { try ELFFile(file).machine }

  /// The libraries that it is linked to, by file name.
  var libraries: [String] { get throws(PackagingError) { try ELFFile(file).needed } }

  /// The libraries of Swift that it is linked to, by file name: it runs only where they are.
  package var swiftLibraries: [String] {
    get throws(PackagingError) {
      let ownPrefixes = ["libswift", "libFoundation", "lib_Foundation", "libdispatch", "libBlocksRuntime"]
      return try libraries.filter { name in ownPrefixes.contains { name.hasPrefix($0) } }
    }
  }

  /// The package, after its checksum was found correct; nil if there is none.
  package func package() throws(PackagingError) -> Package? { try contents()?.package }

  /// The package as an account for people. Checks every byte of the file.
  package func inspection() throws -> Inspection? {
    guard let trailer, let (package, runtime) = try contents() else { return nil }
    try verify()
    guard runtime == SealedRuntime(count: runtimeCount, digest: "\(try digestOfRuntime())") else {
      throw Self.damage(path, "the SHA-256 of its program is not the one that was packaged")
    }
    return Inspection(package: package, packageCount: trailer.count, packageDigest: trailer.digest, runtime: runtime)
  }

  private func contents() throws(PackagingError) -> (package: Package, runtime: SealedRuntime)? {
    guard let trailer else { return nil }
    let start = runtimeCount + SealTrailer.opening.count
    let bytes = try file.bytes(start..<start + trailer.count)
    guard Digest(of: bytes) == trailer.digest else {
      throw Self.damage(path, "the SHA-256 of its package is not the one that was written with it")
    }
    return try Package.decoded(bytes)
  }

  /// Compares the checksum of a sealed file, as each start of it does.
  private func verify() throws {
    guard trailer != nil else { return }
    var sum = SealSum()
    try file.forEachPiece(of: 0..<file.count - SealSum.size) { _, piece in sum.add(piece) }
    guard try file.bytes(file.count - SealSum.size..<file.count) == sum.bytes else {
      throw Self.damage(path, "its checksum is not the one that was written with it")
    }
  }

  private func digestOfRuntime() throws -> Digest {
    let hash = MessageDigest(.sha256)
    try forEachPieceOfRuntime { hash.update($0) }
    return Digest(hash)
  }

  /// Hands out the executable itself, as it is without a package.
  /// - Parameter sealedCount: what its mark should say instead of that.
  func forEachPieceOfRuntime(sealedCount: Int = 0, _ body: ([UInt8]) throws -> Void) throws {
    try file.forEachPiece(of: 0..<runtimeCount) { start, piece in
      var piece = piece
      mark?.set(sealedCount, in: &piece, at: start)
      try body(piece)
    }
  }

  // MARK: Writing

  /// Writes a copy of this executable that carries `package` instead of what this one carries.
  /// - Returns: its size.
  /// - Throws: ``PackagingError`` if it cannot be written; then nothing is there that was not there before.
  package func write(_ package: Package, to place: OutputPlace) throws -> Int {
    guard try ELFFile.end(of: file) != nil else { throw PackagingError("\(file.path) is not a Linux executable") }
    guard mark != nil else {
      throw PackagingError(
        "\(file.path) is not an airbyte-lowcode executable, or its version cannot be packaged by this one")
    }
    try verify()
    var place = place
    place.protect(path, as: "the runtime")
    let bytes = package.encoded(runtime: SealedRuntime(count: runtimeCount, digest: "\(try digestOfRuntime())"))
    let tail = SealTrailer.opening + bytes + SealTrailer(count: bytes.count, digest: Digest(of: bytes)).bytes
    let output = try OutputFile(place, mode: 0o755)
    var sum = SealSum()
    try forEachPieceOfRuntime(sealedCount: runtimeCount + tail.count + SealSum.size) { piece in
      sum.add(piece)
      try output.write(piece)
    }
    sum.add(tail)
    try output.write(tail + sum.bytes)
    try output.finish()
    return output.count
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
