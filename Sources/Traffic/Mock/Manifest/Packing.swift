import CZlib

/// Packs bodies as APIs do that send archives.
enum Packing {
  /// A gzip file (RFC 1952), with its content stored as it is.
  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF] + stored(bytes) + little(checksum(bytes))
      + little(UInt32(truncatingIfNeeded: bytes.count))
  }

  /// A zip archive with one file, which is stored as it is.
  static func zip(named name: String, _ bytes: [UInt8]) -> [UInt8] {
    let (crc, size, name) = (checksum(bytes), UInt32(bytes.count), Array(name.utf8))
    let shared =
      little(UInt16(20)) + little(UInt16(0)) + little(UInt16(0)) + little(UInt32(0x21_0000)) + little(crc) + little(size)
      + little(size) + little(UInt16(name.count)) + little(UInt16(0))
    let local = little(UInt32(0x0403_4B50)) + shared + name + bytes
    let entry =
      little(UInt32(0x0201_4B50)) + little(UInt16(20)) + shared + little(UInt16(0)) + little(UInt16(0)) + little(UInt16(0))
      + little(UInt32(0)) + little(UInt32(0)) + name
    let end =
      little(UInt32(0x0605_4B50)) + little(UInt16(0)) + little(UInt16(0)) + little(UInt16(1)) + little(UInt16(1))
      + little(UInt32(entry.count)) + little(UInt32(local.count)) + little(UInt16(0))
    return local + entry + end
  }

  /// Blocks of DEFLATE without compression (RFC 1951 §3.2.4).
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var start = 0
    repeat {
      let end = min(start + 65_535, bytes.count)
      let count = UInt16(end - start)
      result += [end == bytes.count ? 1 : 0] + little(count) + little(~count) + bytes[start..<end]
      start = end
    } while start < bytes.count
    return result
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    UInt32(truncatingIfNeeded: bytes.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) })
  }

  private static func little(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}
