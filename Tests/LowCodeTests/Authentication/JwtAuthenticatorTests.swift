import AirbyteProtocol
import Crypto
import Foundation
import JSON
import Testing
import _CryptoExtras

@testable import LowCode

@Suite struct JwtAuthenticatorTests {
  /// A recorded case: what the reference sends at 2025-03-01T12:00:00Z, or null where it fails.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var manifest: String
    var config: String
    var answer: JSONValue
    var testDescription: String { name }
  }

  static let fixture: JSONValue = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/jwt.json")
    return (try? JSONValue(parsing: Data(contentsOf: file))) ?? .null
  }()

  static func key(_ name: String) -> String { fixture["keys"]?[name]?.string ?? "" }

  static let cases: [Case] = (fixture["cases"]?.array ?? []).map { item in
    var config: JSONObject = ["id": "me", "n": 7]
    config["key"] = item["key"]?.string.map { .string(key($0)) } ?? item["secret"]
    config.merge(item["config"]?.object ?? [:], uniquingKeysWith: { $1 })
    return Case(
      name: item["name"]?.string ?? "", manifest: item["manifest"]?.jsonText ?? "", config: JSONValue.object(config).jsonText,
      answer: item["answer"] ?? .null)
  }

  @Test func hasCases() { #expect(Self.cases.count == 27) }

  @Test(arguments: cases) func signsAsRecorded(_ recorded: Case) async throws {
    let world = TestWorld([])
    guard let expected = recorded.answer["Authorization"]?.string else {
      let error = await connectorError { _ = try await world.authenticator(recorded.manifest, config: recorded.config).headers() }
      #expect(error?.failureType == .system)
      return
    }
    #expect(try await world.authenticator(recorded.manifest, config: recorded.config).headers() == ["Authorization": expected])
    #expect(world.secrets.count == 1)
  }

  /// Signatures that have a random part are checked by the public key.
  @Test(arguments: [
    ("ES256", "p256"), ("ES256", "p256Traditional"), ("ES384", "p384"), ("ES512", "p521"), ("PS256", "rsa"), ("PS384", "rsa"),
    ("PS512", "rsa"),
  ])
  func signsWithARandomPart(algorithm: String, key: String) async throws {
    let manifest = #"{"type": "JwtAuthenticator", "algorithm": "\#(algorithm)", "secret_key": "{{ config['key'] }}"}"#
    let pem = Self.key(key)
    let world = TestWorld([])
    let config = JSONValue.object(["key": .string(pem)]).jsonText
    let parts = try #require(try await world.authenticator(manifest, config: config).headers()["Authorization"])
      .split(separator: ".")
    #expect(parts.count == 3)
    let input = Data((parts[0] + "." + parts[1]).utf8)
    let signature = try #require(Self.data(base64URL: parts[2]))
    let isValid: Bool =
      switch algorithm {
      case "ES256":
        try P256.Signing.PrivateKey(pemRepresentation: pem).publicKey
          .isValidSignature(P256.Signing.ECDSASignature(rawRepresentation: signature), for: input)
      case "ES384":
        try P384.Signing.PrivateKey(pemRepresentation: pem).publicKey
          .isValidSignature(P384.Signing.ECDSASignature(rawRepresentation: signature), for: input)
      case "ES512":
        try P521.Signing.PrivateKey(pemRepresentation: pem).publicKey
          .isValidSignature(P521.Signing.ECDSASignature(rawRepresentation: signature), for: input)
      default: try Self.isValidPSS(algorithm, signature, input, pem)
      }
    #expect(isValid)
  }

  @Test func saysThatES256KIsMissing() async throws {
    let manifest = #"{"type": "JwtAuthenticator", "algorithm": "ES256K", "secret_key": "k"}"#
    #expect(await connectorError { _ = try TestWorld([]).authenticator(manifest) }?.isUnsupported == true)
  }

  @Test(arguments: ["header", "request_parameter", "body_json"]) func goesWhereItIsToldTo(place: String) async throws {
    let manifest = #"""
      {"type": "JwtAuthenticator", "algorithm": "HS256", "secret_key": "k",
       "request_option": {"type": "RequestOption", "inject_into": "\#(place)", "field_name": "f"}}
      """#
    let parts = try await TestWorld([]).authenticator(manifest).credentials()
    #expect(Array(parts.headers.keys) == (place == "header" ? ["f"] : []))
    #expect(Array(parts.parameters.keys) == (place == "request_parameter" ? ["f"] : []))
    #expect(Array(parts.bodyJSON.keys) == (place == "body_json" ? ["f"] : []))
  }

  private static func isValidPSS(_ algorithm: String, _ signature: Data, _ input: Data, _ pem: String) throws -> Bool {
    let key = try _RSA.Signing.PrivateKey(pemRepresentation: pem).publicKey
    let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
    return switch algorithm {
    case "PS256": key.isValidSignature(signature, for: SHA256.hash(data: input), padding: .PSS)
    case "PS384": key.isValidSignature(signature, for: SHA384.hash(data: input), padding: .PSS)
    default: key.isValidSignature(signature, for: SHA512.hash(data: input), padding: .PSS)
    }
  }

  private static func data(base64URL text: Substring) -> Data? {
    let plain = text.replacing("-", with: "+").replacing("_", with: "/")
    return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.count % 4) % 4))
  }
}
