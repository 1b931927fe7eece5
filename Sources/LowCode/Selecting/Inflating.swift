import CZlib

/// Undoes gzip and zlib.
enum Inflating {
  /// What the bytes hold; nil where they are not compressed. Of data that break off the beginning is taken, as the reference does.
  static func bytes(of compressed: [UInt8]) -> [UInt8]? {
    guard compressed.count > 2, compressed.count <= Int(UInt32.max) else { return nil }
    var stream = z_stream()
    // 32: the header tells whether it is gzip or zlib.
    guard inflateInit2_(&stream, MAX_WBITS | 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    var input = compressed
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    return input.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      while true {
        let (status, written) = chunk.withUnsafeMutableBufferPointer { chunk in
          stream.next_out = chunk.baseAddress
          stream.avail_out = UInt32(chunk.count)
          return (inflate(&stream, Z_NO_FLUSH), chunk.count - Int(stream.avail_out))
        }
        output += chunk[..<written]
        switch status {
        case Z_OK where written > 0 || stream.avail_in > 0: continue
        case Z_OK, Z_STREAM_END, Z_BUF_ERROR: return output
        default: return nil
        }
      }
    }
  }
}
