import Bytes

/// The hash functions that templates can name, with lower-case hexadecimal results.
enum TextDigest {
  /// By their names in Python's `hashlib`, which have the same length of digest.
  private static let functions: [String: HashFunction] = [
    "md5": "MD5", "sha1": "SHA1", "sha224": "SHA224", "sha256": "SHA256", "sha384": "SHA384", "sha512": "SHA512",
    "sha3_224": "SHA3-224", "sha3_256": "SHA3-256", "sha3_384": "SHA3-384", "sha3_512": "SHA3-512", "blake2b": "BLAKE2B-512",
    "blake2s": "BLAKE2S-256",
  ].compactMapValues { HashFunction($0) }

  /// Names in Python's `hashlib` that are not functions of a text alone, so that calling them is a type error.
  static let notDigests: Set<String> = [
    "algorithms_available", "algorithms_guaranteed", "file_digest", "new", "pbkdf2_hmac", "scrypt", "shake_128", "shake_256",
  ]

  /// The digest of all `parts` one after the other; nil if the name is unknown.
  static func hexadecimal(of parts: [String], by name: String) -> String? {
    guard let function = functions[name] else { return nil }
    let digest = MessageDigest(function)
    for part in parts { digest.update(part) }
    return digest.finalize().hexadecimal
  }

  /// HMAC with SHA-256.
  static func authenticationCode(of message: String, key: String) -> String {
    HashFunction.sha256.authenticationCode(of: Array(message.utf8), key: Array(key.utf8)).hexadecimal
  }
}
