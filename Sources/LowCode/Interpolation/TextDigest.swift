import Crypto

/// The hash functions that templates can name, with lower-case hexadecimal results.
enum TextDigest: String {
  case md5, sha1, sha256, sha384, sha512
  case sha3Of256 = "sha3_256"
  case sha3Of384 = "sha3_384"
  case sha3Of512 = "sha3_512"

  /// Functions of Python's `hashlib` that are not available here.
  static let unavailable: Set<String> = ["blake2b", "blake2s", "sha224", "sha3_224"]
  /// Names in Python's `hashlib` that are no function of a text alone, so that calling them is a type error.
  static let notDigests: Set<String> = [
    "algorithms_available", "algorithms_guaranteed", "file_digest", "new", "pbkdf2_hmac", "scrypt", "shake_128", "shake_256",
  ]

  /// The digest of all `parts` one after the other.
  func hexadecimal(of parts: [String]) -> String {
    switch self {
    case .md5: Self.digest(Insecure.MD5.self, parts)
    case .sha1: Self.digest(Insecure.SHA1.self, parts)
    case .sha256: Self.digest(SHA256.self, parts)
    case .sha384: Self.digest(SHA384.self, parts)
    case .sha512: Self.digest(SHA512.self, parts)
    case .sha3Of256: Self.digest(SHA3_256.self, parts)
    case .sha3Of384: Self.digest(SHA3_384.self, parts)
    case .sha3Of512: Self.digest(SHA3_512.self, parts)
    }
  }

  /// HMAC with SHA-256 (RFC 2104).
  static func authenticationCode(of message: String, key: String) -> String {
    var code = HMAC<SHA256>(key: SymmetricKey(data: Array(key.utf8)))
    code.update(data: Array(message.utf8))
    return hexadecimal(code.finalize())
  }

  private static func digest<Function: HashFunction>(_ function: Function.Type, _ parts: [String]) -> String {
    var hash = function.init()
    for var part in parts { part.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) } }
    return hexadecimal(hash.finalize())
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in bytes {
      for nibble in [byte >> 4, byte & 15] { text.append(nibble < 10 ? 48 + nibble : 87 + nibble) }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
