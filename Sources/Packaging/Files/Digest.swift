import Bytes

/// A SHA-256.
package struct Digest: Sendable, Hashable, CustomStringConvertible {
  static let size = 32

  let bytes: [UInt8]

  init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  init(of content: [UInt8]) { self.init(bytes: HashFunction.sha256.hash(content)) }

  /// - Parameter hash: one of SHA-256.
  init(_ hash: MessageDigest) { self.init(bytes: hash.finalize()) }

  /// Hexadecimal digits.
  package var description: String { bytes.hexadecimal }
}
