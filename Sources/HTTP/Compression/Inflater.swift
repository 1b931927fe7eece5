import CZlib
import ConnectorModel

/// What is wrong with compressed bytes.
package enum InflateError: Error, CustomStringConvertible {
  case corrupt(String)
  case truncated
  case notGzip
  /// More comes out of it than a limit allows.
  case tooLarge(Limit)
  /// It is packed more densely than a limit allows.
  case tooDense(Limit)

  package var description: String {
    switch self {
    case .corrupt(let reason): "the compressed data is corrupt (\(reason))"
    case .truncated: "the compressed data ends too early"
    case .notGzip: "the compressed data is followed by something that is not gzip"
    case .tooLarge(let limit): "the compressed data holds more than \(limit.value) bytes, which \(limit.variable) can change"
    case .tooDense(let limit):
      "the compressed data holds more than \(limit.value) times its size, which \(limit.variable) can change"
    }
  }
}

/// Undoes deflate compression, piece by piece, by zlib.
///
/// zlib's state must stay where it is and is used through a pointer, which this class alone holds and frees.
package final class Inflater {
  /// What surrounds the compressed bytes (zlib.h, `inflateInit2`).
  package enum Wrapper: Int32 {
    case none = -15
    case zlib = 15
    case gzip = 31
    /// gzip or zlib, as the header says.
    case detected = 47
  }

  private static let pieceSize = 64 * 1024
  private let state: UnsafeMutablePointer<z_stream>
  private let piece: UnsafeMutableRawBufferPointer
  package private(set) var isFinished = false

  package init(_ wrapper: Wrapper) throws(InflateError) {
    state = .allocate(capacity: 1)
    state.initialize(to: z_stream())
    piece = .allocate(byteCount: Inflater.pieceSize, alignment: 16)
    guard inflateInit2_(state, wrapper.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw .corrupt("zlib cannot start")
    }
  }

  deinit {
    inflateEnd(state)
    state.deallocate()
    piece.deallocate()
  }

  /// Starts again with another run of compressed bytes.
  package func reset() {
    inflateReset(state)
    isFinished = false
  }

  /// Calls `body` with what `input` holds, in pieces that are valid during the call.
  /// - Returns: how much of `input` was used: less than all only where the compressed data ends in it.
  package func inflate(_ input: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Int {
    guard let start = input.baseAddress, input.count > 0, !isFinished else { return 0 }
    // zlib takes a pointer that it could write through, but it does not; its counts have 32 bits, and inputs are small parts.
    let length = min(input.count, Int(UInt32.max))
    state.pointee.next_in = UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: UInt8.self))
    state.pointee.avail_in = UInt32(length)
    while true {
      state.pointee.next_out = piece.baseAddress?.assumingMemoryBound(to: UInt8.self)
      state.pointee.avail_out = UInt32(piece.count)
      let result = CZlib.inflate(state, Z_NO_FLUSH)
      // What came before a failure is good.
      let count = piece.count - Int(state.pointee.avail_out)
      if count > 0 { try body(UnsafeRawBufferPointer(rebasing: piece[..<count])) }
      guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else {
        throw InflateError.corrupt(state.pointee.msg.map { String(cString: $0) } ?? "code \(result)")
      }
      if result == Z_STREAM_END {
        isFinished = true
        return length - Int(state.pointee.avail_in)
      }
      if state.pointee.avail_out > 0 { return length - Int(state.pointee.avail_in) }
    }
  }
}
