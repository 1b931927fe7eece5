import Crypto

/// A SHA-256.
package struct Digest: Sendable, Hashable, CustomStringConvertible {
  static let size = 32

  let bytes: [UInt8]

  init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  init(of content: [UInt8]) { self.init(bytes: SHA256.hash(data: content)) }

  init(_ hash: SHA256) { self.init(bytes: hash.finalize()) }

  /// Hexadecimal digits.
  package var description: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
