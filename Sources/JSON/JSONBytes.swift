import Foundation

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

  /// Takes over an allocation of at least `count + padding` bytes made by `malloc`, whose padding is zero.
  init(adopting base: UnsafeMutablePointer<UInt8>, count: Int) {
    self.base = UnsafePointer(base)
    self.count = count
  }

  /// Copies `bytes`.
  package convenience init(copying bytes: UnsafeRawBufferPointer) {
    let copy = ByteBuffer.copy(bytes)
    self.init(adopting: copy.base, count: copy.count)
  }

  package convenience init(_ bytes: [UInt8]) {
    let copy = bytes.withUnsafeBytes { ByteBuffer.copy($0) }
    self.init(adopting: copy.base, count: copy.count)
  }

  package convenience init(_ data: Data) {
    let copy = data.withUnsafeBytes { ByteBuffer.copy($0) }
    self.init(adopting: copy.base, count: copy.count)
  }

  package convenience init(_ text: String) {
    var text = text
    let copy = text.withUTF8 { ByteBuffer.copy(UnsafeRawBufferPointer($0)) }
    self.init(adopting: copy.base, count: copy.count)
  }

  deinit { free(UnsafeMutableRawPointer(mutating: base)) }

  var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  /// Calls `body` with the bytes, which must not be used after it returns.
  package func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try body(UnsafeRawBufferPointer(buffer))
  }

  /// A copy as an array.
  package var array: [UInt8] { Array(buffer) }
  /// A copy as text; invalid UTF-8 becomes U+FFFD.
  package var string: String { String(decoding: buffer, as: UTF8.self) }
}
