import Crypto
import Foundation
import _CryptoExtras

/// Private keys that a passphrase protects: PKCS #8 with PBES2 (RFC 8018 §6.2), and the older PEM with `DEK-Info` (RFC 1421);
/// both with AES in CBC mode.
enum EncryptedPEM {
  /// More rounds of key derivation than this would hold up the run.
  private static let maxRounds = 10_000_000

  /// The key in plain PEM.
  /// - Throws: ``JwtKeyError`` where the key is not encrypted, is encrypted otherwise, or the passphrase is wrong.
  static func decrypted(_ pem: String, passphrase: String) throws -> String {
    let lines = pem.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    guard let begin = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN ") && $0.hasSuffix("-----") }),
      let end = lines[begin...].firstIndex(where: { $0.hasPrefix("-----END ") })
    else { throw JwtKeyError("it is not PEM.") }
    let label = lines[begin].dropFirst("-----BEGIN ".count).dropLast("-----".count)
    let inner = lines[(begin + 1)..<end]
    let fields = inner.filter { $0.contains(":") }
    guard let data = Data(base64Encoded: inner.filter { !$0.contains(":") }.joined()) else {
      throw JwtKeyError("its base64 is broken.")
    }
    if label == "ENCRYPTED PRIVATE KEY" {
      return try self.pem("PRIVATE KEY", pkcs8(data, passphrase))
    }
    guard let info = fields.first(where: { $0.hasPrefix("DEK-Info:") }) else {
      throw JwtKeyError("it is not encrypted, so no passphrase belongs to it.")
    }
    return try self.pem(String(label), traditional(data, info.dropFirst("DEK-Info:".count), passphrase))
  }

  private static func pem(_ label: String, _ data: Data) -> String {
    let base64 = data.base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
    return "-----BEGIN \(label)-----\n\(base64)\n-----END \(label)-----\n"
  }

  private static func pkcs8(_ data: Data, _ passphrase: String) throws -> Data {
    let info = try DER(Array(data)).sequence()
    let scheme = try info.child(0).sequence()
    guard try scheme.child(0).identifier() == "1.2.840.113549.1.5.13" else { throw unknown }
    let parameters = try scheme.child(1).sequence()
    let derivation = try parameters.child(0).sequence()
    guard try derivation.child(0).identifier() == "1.2.840.113549.1.5.12" else { throw unknown }
    let settings = try derivation.child(1).sequence()
    let salt = try settings.child(0).octets()
    let rounds = try settings.child(1).integer()
    var hash = KDF.Insecure.PBKDF2.HashFunction.insecureSHA1
    for index in 2..<max(2, settings.children.count) where settings.children[index].tag == 0x30 {
      switch try settings.child(index).sequence().child(0).identifier() {
      case "1.2.840.113549.2.7": hash = .insecureSHA1
      case "1.2.840.113549.2.9": hash = .sha256
      case "1.2.840.113549.2.10": hash = .sha384
      case "1.2.840.113549.2.11": hash = .sha512
      default: throw unknown
      }
    }
    let cipher = try parameters.child(1).sequence()
    let size: Int
    switch try cipher.child(0).identifier() {
    case "2.16.840.1.101.3.4.1.2": size = 16
    case "2.16.840.1.101.3.4.1.22": size = 24
    case "2.16.840.1.101.3.4.1.42": size = 32
    default: throw unknown
    }
    guard rounds > 0, rounds <= maxRounds else { throw unknown }
    let key = try KDF.Insecure.PBKDF2.deriveKey(
      from: Array(passphrase.utf8), salt: salt, using: hash, outputByteCount: size, unsafeUncheckedRounds: rounds)
    return try decrypt(try info.child(1).octets(), key, iv: try cipher.child(1).octets())
  }

  private static func traditional(_ data: Data, _ info: Substring, _ passphrase: String) throws -> Data {
    let parts = info.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let sizes = ["AES-128-CBC": 16, "AES-192-CBC": 24, "AES-256-CBC": 32]
    guard parts.count == 2, let size = sizes[parts[0]], let iv = bytes(hex: parts[1]), iv.count == 16 else { throw unknown }
    // OpenSSL's derivation: MD5 over the previous block, the passphrase and the salt, until there is enough.
    var material: [UInt8] = []
    var block: [UInt8] = []
    while material.count < size {
      block = Array(Insecure.MD5.hash(data: block + Array(passphrase.utf8) + iv.prefix(8)))
      material += block
    }
    return try decrypt(Array(data), SymmetricKey(data: material.prefix(size)), iv: iv)
  }

  private static func decrypt(_ data: [UInt8], _ key: SymmetricKey, iv: [UInt8]) throws -> Data {
    do {
      return try AES._CBC.decrypt(data, using: key, iv: AES._CBC.IV(ivBytes: iv))
    } catch {
      throw JwtKeyError("the passphrase is wrong.")
    }
  }

  private static func bytes(hex: String) -> [UInt8]? {
    let digits = Array(hex.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private static let unknown = JwtKeyError("it is encrypted in a way that is not supported: use PKCS #8 with PBKDF2 and AES-CBC.")
}

/// One value of a DER text (X.690 §10), as far as the frame of an encrypted key needs it.
private struct DER {
  let tag: UInt8
  let content: ArraySlice<UInt8>
  let children: [DER]

  init(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    self = try DER(reading: &rest, depth: 0)
  }

  private init(reading rest: inout ArraySlice<UInt8>, depth: Int) throws {
    guard depth < 16, let tag = rest.popFirst(), let first = rest.popFirst() else { throw Self.broken }
    var length = Int(first)
    if first >= 0x80 {
      guard (1...4).contains(first & 0x7f) else { throw Self.broken }
      length = 0
      for _ in 0..<(first & 0x7f) {
        guard let byte = rest.popFirst() else { throw Self.broken }
        length = length << 8 | Int(byte)
      }
    }
    guard length <= rest.count else { throw Self.broken }
    self.tag = tag
    content = rest.prefix(length)
    rest = rest.dropFirst(length)
    var children: [DER] = []
    if tag == 0x30 {
      var inner = content
      while !inner.isEmpty { children.append(try DER(reading: &inner, depth: depth + 1)) }
    }
    self.children = children
  }

  func sequence() throws -> DER { tag == 0x30 ? self : try Self.fail() }
  func octets() throws -> [UInt8] { tag == 0x04 ? Array(content) : try Self.fail() }

  func child(_ index: Int) throws -> DER { children.indices.contains(index) ? children[index] : try Self.fail() }

  func integer() throws -> Int {
    guard tag == 0x02, content.count <= 7, content.first.map({ $0 < 0x80 }) ?? false else { throw Self.broken }
    return content.reduce(0) { $0 << 8 | Int($1) }
  }

  func identifier() throws -> String {
    guard tag == 0x06, content.count <= 32 else { throw Self.broken }
    var numbers: [UInt64] = []
    var number: UInt64 = 0
    for byte in content {
      number = number << 7 | UInt64(byte & 0x7f)
      if byte < 0x80 {
        numbers.append(number)
        number = 0
      }
    }
    guard let first = numbers.first else { throw Self.broken }
    let root = min(first / 40, 2)
    return ([root, first - root * 40] + numbers.dropFirst()).map { String($0) }.joined(separator: ".")
  }

  private static func fail<T>() throws -> T { throw broken }
  private static let broken = JwtKeyError("its DER is broken.")
}
