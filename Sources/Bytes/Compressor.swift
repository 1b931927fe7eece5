import CZlib
import Essentials

/// Writes gzip, piece by piece, by zlib: without a time or a name, so that the same input gives the same bytes.
///
/// zlib's state must stay where it is and is used through a pointer, which this class alone holds and frees.
package final class Compressor {
  private static let pieceSize = 256 * 1024
  private let state: UnsafeMutablePointer<z_stream>
  private let write: ([UInt8]) throws -> Void

  /// - Parameter write: is given what is compressed.
  /// - Throws: ``FileError`` if zlib cannot start.
  package init(_ write: @escaping ([UInt8]) throws -> Void) throws(FileError) {
    self.write = write
    state = .allocate(capacity: 1)
    state.initialize(to: z_stream())
    // 16 more than the window's bits mean gzip (zlib.h, `deflateInit2`).
    let result = deflateInit2_(
      state, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard result == Z_OK else { throw .system(ENOMEM) }
  }

  deinit {
    deflateEnd(state)
    state.deallocate()
  }

  package func add(_ bytes: [UInt8]) throws { try deflate(bytes, Z_NO_FLUSH) }

  package func finish() throws { try deflate([], Z_FINISH) }

  private func deflate(_ input: [UInt8], _ flush: Int32) throws {
    var input = input
    try input.withUnsafeMutableBufferPointer { input in
      state.pointee.next_in = input.baseAddress
      state.pointee.avail_in = UInt32(input.count)
      var isOutputFull: Bool
      repeat {
        let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
          state.pointee.next_out = buffer.baseAddress
          state.pointee.avail_out = UInt32(buffer.count)
          _ = CZlib.deflate(state, flush)
          count = buffer.count - Int(state.pointee.avail_out)
        }
        isOutputFull = state.pointee.avail_out == 0
        if !piece.isEmpty { try write(piece) }
      } while isOutputFull
    }
  }
}
