import Essentials

/// Bytes in one allocation that never change again, followed by ``padding`` zero bytes.
///
/// The padding lets a scanner load eight bytes at any place of the text, and ends every scan with a byte that no token allows.
///
/// Sound to share: the memory is written before the object exists, only read afterwards, and freed by its last owner.
package final class JSONBytes: @unchecked Sendable {
  /// Zero bytes behind the text.
  static let padding = 16

  let base: UnsafePointer<UInt8>
  /// The number of bytes, without the padding.
  package let count: Int

  private let capacity: Int

  /// Takes over a block with at least ``padding`` zeros behind its used part.
  init(adopting block: ByteBuffer.Parts) {
    base = UnsafePointer(block.base)
    count = block.count
    capacity = block.capacity
  }

  /// Copies `bytes`.
  package convenience init(copying bytes: UnsafeRawBufferPointer) { self.init(adopting: ByteBuffer.copy(bytes)) }

  package convenience init(_ bytes: [UInt8]) {
    self.init(adopting: bytes.withUnsafeBytes { ByteBuffer.copy($0) })
  }

  package convenience init(_ data: Data) {
    self.init(adopting: data.withUnsafeBytes { ByteBuffer.copy($0) })
  }

  package convenience init(_ text: String) {
    var text = text
    self.init(adopting: text.withUTF8 { ByteBuffer.copy(UnsafeRawBufferPointer($0)) })
  }

  deinit { Blocks.free(UnsafeMutableRawPointer(mutating: base), capacity) }

  var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  /// Calls `body` with the bytes, which must not be used after it returns.
  package func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try body(UnsafeRawBufferPointer(buffer))
  }

  /// A copy as an array.
  package var array: [UInt8] { Array(buffer) }
  /// A copy as text; invalid UTF-8 becomes U+FFFD.
  package var string: String { String(decoding: buffer, as: UTF8.self) }

  /// The bytes as data, not copied: it keeps them alive. To change it, copy it first.
  package var data: Data {
    Data(
      bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: count,
      deallocator: .custom { _, _ in withExtendedLifetime(self) {} })
  }
}
