import Bytes
import Essentials
import JSON

/// The signatures that a token can have (RFC 7518 §3.1, RFC 8037, RFC 8812 §3).
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

  /// - Parameters:
  ///   - key: a secret for HMAC, else a private key as PEM.
  ///   - passphrase: what decrypts the private key; nil for one that is not encrypted.
  /// - Throws: ``JwtKeyError`` if the key is of another kind.
  func signature(of input: [UInt8], key: String, passphrase: String?) throws(JwtKeyError) -> Data {
    if passphrase == nil {
      switch self {
      case .hs256: return Data(HashFunction.sha256.authenticationCode(of: input, key: try secret(key)))
      case .hs384: return Data(HashFunction.sha384.authenticationCode(of: input, key: try secret(key)))
      case .hs512: return Data(HashFunction.sha512.authenticationCode(of: input, key: try secret(key)))
      default: break
      }
    }
    let key = try PrivateKey(pem: key, passphrase: passphrase)
    guard kinds.contains(key.kind) else {
      let wanted = kinds.isEmpty ? "a plain secret" : "a private key of the kind \(kinds.joined(separator: " or "))"
      throw JwtKeyError("it needs \(wanted), not a private key of the kind \(key.kind)")
    }
    return try key.signature(of: input, hash: hash, padsByPSS: self == .ps256 || self == .ps384 || self == .ps512)
  }

  /// The private keys that sign so, by the names that OpenSSL has for them.
  private var kinds: [String] {
    switch self {
    case .hs256, .hs384, .hs512: []
    case .es256: ["prime256v1"]
    case .es256k: ["secp256k1"]
    case .es384: ["secp384r1"]
    case .es512: ["secp521r1"]
    case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: ["RSA"]
    case .edDSA: ["ED25519", "ED448"]
    }
  }

  private var hash: String? {
    switch self {
    case .hs256, .es256, .es256k, .rs256, .ps256: "SHA256"
    case .hs384, .es384, .rs384, .ps384: "SHA384"
    case .hs512, .es512, .rs512, .ps512: "SHA512"
    case .edDSA: nil
    }
  }

  private func secret(_ key: String) throws(JwtKeyError) -> [UInt8] {
    if key.isEmpty { throw JwtKeyError("the key is empty") }
    let isOtherKey = Self.sshPrefixes.contains { key.hasPrefix($0) } || Self.holdsPEM(key)
    if isOtherKey || (try? JSONValue(parsing: key)).map(Self.holdsKeyType) == true {
      throw JwtKeyError("the key belongs to another algorithm: HMAC takes a plain secret")
    }
    return Array(key.utf8)
  }

  private static let sshPrefixes = [
    "ssh-ed25519", "ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
  ]

  private static func holdsPEM(_ text: String) -> Bool {
    text.contains(
      /----[- ]BEGIN (?<label>(?:[A-Z0-9]+ )*(?:KEY|CERTIFICATE|PARAMETERS|REQUEST|CRL))[- ]----.*?----[- ]END \k<label>[- ]----/
        .dotMatchesNewlines())
  }

  /// Whether a JSON Web Key (RFC 7517) is in `value`.
  private static func holdsKeyType(_ value: JSONValue) -> Bool {
    switch value {
    case .object(let members): members["kty"] != nil || members.values.contains(where: holdsKeyType)
    case .array(let elements): elements.contains(where: holdsKeyType)
    default: false
    }
  }
}

/// Why a key cannot sign.
struct JwtKeyError: Error {
  let message: String

  init(_ message: String) { self.message = message }
}
