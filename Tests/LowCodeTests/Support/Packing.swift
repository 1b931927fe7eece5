import CZlib
import Foundation

/// Packs bytes for tests.
enum Packing {
  private struct Failed: Error {}

  static func gzip(_ bytes: [UInt8]) throws -> [UInt8] { try packed(bytes, windowBits: 31) }
  static func zlib(_ bytes: [UInt8]) throws -> [UInt8] { try packed(bytes, windowBits: 15) }

  private static func packed(_ bytes: [UInt8], windowBits: Int32) throws -> [UInt8] {
    var stream = z_stream()
    guard
      deflateInit2_(
        &stream, Z_BEST_COMPRESSION, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw Failed() }
    defer { deflateEnd(&stream) }
    var (bytes, out) = (bytes, [UInt8](repeating: 0, count: bytes.count + bytes.count / 8 + 1_024))
    let result = bytes.withUnsafeMutableBufferPointer { input in
      out.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        return deflate(&stream, Z_FINISH)
      }
    }
    guard result == Z_STREAM_END else { throw Failed() }
    return Array(out.prefix(Int(stream.total_out)))
  }
}
