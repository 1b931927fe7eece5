import COpenSSL

/// A hash function of the system's libcrypto.
///
/// Sound to share: what libcrypto gives for a name never changes, and is never freed.
package struct HashFunction: Sendable {
  private let shared: SharedPointer

  /// - Parameter name: as libcrypto has it, such as `SHA256` or `BLAKE2B-512`.
  /// - Returns: nil if this libcrypto has no such function, as one that was built without the old ones.
  package init?(_ name: String) {
    guard let function = digest_function(name) else { return nil }
    shared = SharedPointer(function)
  }

  fileprivate var function: UnsafeRawPointer { UnsafeRawPointer(shared.raw) }

  package static let sha256: HashFunction = known("SHA256")
  package static let sha384: HashFunction = known("SHA384")
  package static let sha512: HashFunction = known("SHA512")

  /// One that every libcrypto has.
  private static func known(_ name: String) -> HashFunction {
    guard let function = HashFunction(name) else { fatalError("libcrypto has no \(name).") }
    return function
  }

  /// The digest of `bytes`.
  package func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let digest = MessageDigest(self)
    digest.update(Array(bytes))
    return digest.finalize()
  }

  /// The HMAC of a message (RFC 2104).
  package func authenticationCode(of message: [UInt8], key: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Int(DIGEST_LARGEST)) { buffer, count in
      count = digest_hmac(function, key, key.count, message, message.count, buffer.baseAddress)
    }
  }
}

/// The digest of bytes that come piece by piece. Not to be shared.
package final class MessageDigest {
  private let sum: OpaquePointer

  package init(_ function: HashFunction) {
    guard let sum = digest_begin(function.function) else { fatalError("There is not enough memory for a digest.") }
    self.sum = sum
  }

  deinit { digest_free(sum) }

  package func update(_ bytes: [UInt8]) { digest_add(sum, bytes, bytes.count) }

  package func update(_ text: String) {
    var text = text
    text.withUTF8 { digest_add(sum, $0.baseAddress, $0.count) }
  }

  /// The digest of what came until now; then it starts again.
  package func finalize() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Int(DIGEST_LARGEST)) { buffer, count in
      count = digest_end(sum, buffer.baseAddress)
    }
  }
}

extension Sequence<UInt8> {
  /// Two small hexadecimal digits a byte.
  package var hexadecimal: String {
    var text: [UInt8] = []
    for byte in self { for nibble in [byte >> 4, byte & 15] { text.append(nibble < 10 ? 48 + nibble : 87 + nibble) } }
    return String(decoding: text, as: UTF8.self)
  }
}
