/// The last bytes of a packaged executable: which bytes before them are the package, its checksum, and that of the whole file.
///
///     executable | opening mark | package | mark, form, count, SHA-256, checksum of all this
struct SealTrailer: Sendable, Equatable {
  /// Stands before the package, so that one that lost its end is still known for what it is.
  static let opening = Array("\nlow-code-begin\n".utf8)
  private static let mark = Array("\nlow-code-seal:\n".utf8)
  private static let form: UInt32 = 2
  static let size = mark.count + 4 + 8 + Digest.size + SealSum.size

  let count: Int
  let digest: Digest

  init(count: Int, digest: Digest) {
    self.count = count
    self.digest = digest
  }

  /// What the last bytes of a file say; nil if they are not a trailer.
  /// - Throws: ``PackagingError`` if a later version wrote them.
  init?(_ bytes: [UInt8]) throws(PackagingError) {
    guard bytes.count == Self.size, bytes.starts(with: Self.mark) else { return nil }
    let form: UInt32 = Self.number(bytes[Self.mark.count...].prefix(4))
    guard form == Self.form else {
      throw PackagingError(
        "The package in this executable has form \(form), and this version reads form \(Self.form); package it again")
    }
    let count: UInt64 = Self.number(bytes[(Self.mark.count + 4)...].prefix(8))
    guard let count = Int(exactly: count) else { return nil }
    self.init(count: count, digest: Digest(bytes: bytes.dropLast(SealSum.size).suffix(Digest.size)))
  }

  /// All but the checksum, which covers these bytes too.
  var bytes: [UInt8] { Self.mark + Self.bytes(Self.form) + Self.bytes(UInt64(count)) + digest.bytes }

  /// Little endian.
  private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  private static func number<Number: FixedWidthInteger>(_ bytes: some Collection<UInt8>) -> Number {
    bytes.reversed().reduce(0) { $0 << 8 | Number($1) }
  }
}
