import Crypto
import _CryptoExtras
import Foundation

/// The signatures that a token can have (RFC 7518 §3.1, RFC 8037).
enum JwtAlgorithm: String, Sendable, CaseIterable {
  case hs256 = "HS256"
  case hs384 = "HS384"
  case hs512 = "HS512"
  case es256 = "ES256"
  case es256k = "ES256K"
  case es384 = "ES384"
  case es512 = "ES512"
  case rs256 = "RS256"
  case rs384 = "RS384"
  case rs512 = "RS512"
  case ps256 = "PS256"
  case ps384 = "PS384"
  case ps512 = "PS512"
  case edDSA = "EdDSA"

  /// The curve of ES256K, secp256k1, is not in swift-crypto.
  var isSupported: Bool { self != .es256k }

  /// - Parameter key: a secret for HMAC, else a private key as PEM.
  /// - Throws: ``JwtKeyError`` where the key is of another kind.
  func signature(of input: [UInt8], key: String) throws -> Data {
    switch self {
    case .hs256: Data(HMAC<SHA256>.authenticationCode(for: input, using: try secret(key)))
    case .hs384: Data(HMAC<SHA384>.authenticationCode(for: input, using: try secret(key)))
    case .hs512: Data(HMAC<SHA512>.authenticationCode(for: input, using: try secret(key)))
    case .es256: try load(key, P256.Signing.PrivateKey.init(pemRepresentation:)).signature(for: input).rawRepresentation
    case .es384: try load(key, P384.Signing.PrivateKey.init(pemRepresentation:)).signature(for: input).rawRepresentation
    case .es512: try load(key, P521.Signing.PrivateKey.init(pemRepresentation:)).signature(for: input).rawRepresentation
    case .es256k: throw JwtKeyError("the algorithm is not supported.")
    case .rs256, .ps256: try rsa(SHA256.hash(data: input), key)
    case .rs384, .ps384: try rsa(SHA384.hash(data: input), key)
    case .rs512, .ps512: try rsa(SHA512.hash(data: input), key)
    case .edDSA: try load(key, Curve25519.Signing.PrivateKey.init(pemRepresentation:)).signature(for: input)
    }
  }

  private func rsa(_ digest: some Digest, _ key: String) throws -> Data {
    // Short keys are accepted as well, since the API decides which ones it takes.
    let key = try load(key, _RSA.Signing.PrivateKey.init(unsafePEMRepresentation:))
    let isPSS = self == .ps256 || self == .ps384 || self == .ps512
    return try key.signature(for: digest, padding: isPSS ? .PSS : .insecurePKCS1v1_5).rawRepresentation
  }

  private func load<Key>(_ text: String, _ reading: (String) throws -> Key) throws -> Key {
    do {
      return try reading(text)
    } catch {
      throw JwtKeyError("the key should be a private key of a fitting kind as PEM.")
    }
  }

  private func secret(_ key: String) throws -> SymmetricKey {
    if key.isEmpty { throw JwtKeyError("the key is empty.") }
    if key.contains("-----BEGIN ") || key.hasPrefix("ssh-") || key.hasPrefix("ecdsa-sha2-") {
      throw JwtKeyError("the key belongs to another algorithm: HMAC takes a plain secret.")
    }
    return SymmetricKey(data: Data(key.utf8))
  }
}

/// Why a key cannot sign.
struct JwtKeyError: Error {
  let message: String

  init(_ message: String) { self.message = message }
}
