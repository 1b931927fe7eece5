import CSeal

/// The mark in the program by which it knows, before anything else, that it is part of a package.
struct SealMark: Sendable, Equatable {
  /// Where the size of the sealed file is.
  let place: Int
  /// 0 if the program is not part of a package.
  let sealedCount: Int

  private static let sizeCount = 8

  /// - Returns: nil if the file is not a program that has one.
  init?(_ file: InputBytes) throws(PackagingError) {
    guard let section = try ELFFile.section(CSEAL_SECTION, of: file) else { return nil }
    let bytes = try file.bytes(section)
    guard bytes.count == Int(CSEAL_MARK_SIZE) + Self.sizeCount, bytes.starts(with: CSEAL_MARK.utf8) else { return nil }
    place = section.lowerBound + Int(CSEAL_MARK_SIZE)
    guard let count = Int(exactly: bytes.suffix(Self.sizeCount).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) else {
      return nil
    }
    sealedCount = count
  }

  /// Puts another size into a piece of the file, as far as it is in it.
  func set(_ count: Int, in piece: inout [UInt8], at start: Int) {
    for (index, byte) in withUnsafeBytes(of: UInt64(count).littleEndian, { Array($0) }).enumerated() {
      let place = place + index - start
      if piece.indices.contains(place) { piece[place] = byte }
    }
  }
}

/// The checksum at the end of a sealed file.
struct SealSum {
  static let size = 8
  private var sum = cseal_sum()

  init() { cseal_sum_begin(&sum) }

  mutating func add(_ bytes: [UInt8]) { cseal_sum_add(&sum, bytes, bytes.count) }

  /// Little endian.
  var bytes: [UInt8] {
    var sum = sum
    return withUnsafeBytes(of: cseal_sum_value(&sum).littleEndian) { Array($0) }
  }
}
