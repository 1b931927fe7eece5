import AirbyteProtocol
import CVerifying
import Foundation
import JSON
import Testing

@testable import Components

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

  @Test func hasCases() { #expect(Self.cases.count == 57) }

  @Test(arguments: cases) func signsAsRecorded(_ recorded: Case) async throws {
    let world = TestWorld([])
    guard let expected = recorded.answer["Authorization"]?.string else {
      let error = await connectorError { _ = try await world.authenticator(recorded.manifest, config: recorded.config).headers() }
      #expect(error?.failureType == .system)
      return
    }
    #expect(try await world.authenticator(recorded.manifest, config: recorded.config).headers() == ["Authorization": expected])
    let token = expected.split(separator: " ").last.map(String.init) ?? ""
    for secret in [token, token.split(separator: ".").last.map(String.init) ?? ""] {
      #expect(world.secrets.contains(secret))
    }
  }

  /// Signatures that have a random part are checked by the public key.
  @Test(arguments: [
    ("ES256", "p256"), ("ES256", "p256Traditional"), ("ES256", "p256Explicit"), ("ES256K", "secp256k1"),
    ("ES256K", "secp256k1Traditional"), ("ES384", "p384"), ("ES512", "p521"), ("PS256", "rsa"), ("PS384", "rsa"),
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
    let signature = Array(try #require(Self.data(base64URL: parts[2])))
    let hash = algorithm == "ES256K" ? "SHA256" : "SHA\(algorithm.suffix(3))"
    func isValid(_ input: [UInt8]) -> Bool {
      cverifying_is_valid(pem, hash, algorithm.hasPrefix("PS") ? 1 : 0, input, input.count, signature, signature.count) == 1
    }
    let input = Array((parts[0] + "." + parts[1]).utf8)
    #expect(isValid(input))
    #expect(!isValid(input + [0]))
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

  private static func data(base64URL text: Substring) -> Data? {
    let plain = text.replacing("-", with: "+").replacing("_", with: "/")
    return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.count % 4) % 4))
  }
}
