import COpenSSL
import Essentials

/// A private key for the signature of a token, read and used by the system's libcrypto.
struct PrivateKey: ~Copyable {
  private let key: OpaquePointer
  /// `RSA`, `ED25519`, `ED448` or the name of a curve.
  let kind: String

  /// - Parameters:
  ///   - text: PEM, however its lines are broken: configs that went through a form have it in one line.
  ///   - passphrase: nil for a key that is not encrypted.
  /// - Throws: ``JwtKeyError`` if that is not a key, or the passphrase does not belong to it.
  init(pem text: String, passphrase: String? = nil) throws(JwtKeyError) {
    var pem = try Self.withEvenLines(text)
    var key: OpaquePointer?
    let outcome = pem.withUTF8 { pem in
      guard var passphrase else { return signing_key_read(pem.baseAddress, pem.count, nil, 0, &key) }
      return passphrase.withUTF8 { signing_key_read(pem.baseAddress, pem.count, $0.baseAddress, $0.count, &key) }
    }
    switch outcome {
    case SIGNING_ENCRYPTED: throw JwtKeyError("the key is encrypted: its `passphrase` is missing")
    case SIGNING_NOT_ENCRYPTED: throw JwtKeyError("the key is not encrypted, so it cannot have a passphrase")
    case SIGNING_WRONG_PASSPHRASE: throw JwtKeyError("the passphrase is wrong")
    default: break
    }
    guard let key else { throw Self.unreadable }
    self.key = key
    kind = String(cString: signing_key_kind(key))
  }

  deinit { signing_key_free(key) }

  /// - Parameter hash: as in `SHA256`; nil for a kind of key that hashes by itself.
  /// - Throws: ``JwtKeyError`` if the key is too short for such a signature.
  func signature(of message: [UInt8], hash: String?, padsByPSS: Bool) throws(JwtKeyError) -> Data {
    let key = key
    func sign(_ hash: UnsafePointer<CChar>?) -> [UInt8] {
      [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
        count = signing_sign(
          key, signing_scheme(hash: hash, pads_by_pss: padsByPSS ? 1 : 0), message, message.count, buffer.baseAddress,
          buffer.count)
      }
    }
    let signature = hash.map { $0.withCString(sign) } ?? sign(nil)
    guard !signature.isEmpty else { throw JwtKeyError("the key is too short for this algorithm") }
    return Data(signature)
  }

  private static let unreadable = JwtKeyError("the key should be a private key as PEM")

  /// The first block of a private key in `text`, with lines as libcrypto reads them.
  private static func withEvenLines(_ text: String) throws(JwtKeyError) -> String {
    let block = /-----BEGIN (?<label>(?:[A-Z0-9]+ )?PRIVATE KEY)-----(?<body>.*?)-----END \k<label>-----/.dotMatchesNewlines()
    guard let found = text.firstMatch(of: block) else { throw unreadable }
    var lines = found.body.split(whereSeparator: \.isNewline)[...]
    let fields = lines.prefix { $0.contains(":") || $0.allSatisfy(\.isWhitespace) }.filter { $0.contains(":") }
    lines = lines.drop { $0.contains(":") || $0.allSatisfy(\.isWhitespace) }
    guard let data = Data(base64Encoded: lines.joined().filter { !$0.isWhitespace }) else { throw unreadable }
    var pem = "-----BEGIN \(found.label)-----\n"
    if !fields.isEmpty { pem += fields.joined(separator: "\n") + "\n\n" }
    pem += data.base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
    return pem + "\n-----END \(found.label)-----\n"
  }
}
