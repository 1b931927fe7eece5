import Foundation
import JSON

@testable import ConnectorModel
@testable import Secrets

/// How a secret comes to be known.
enum SecretOrigin: CaseIterable {
  case lasting, passing, earlier, derived
  case specProperty, specPattern, specElement, specDefault
  case requestHeader, answerHeader, cookie, userInfo, parameter, member
  case loginJSON, loginText

  /// - Parameters:
  ///   - isWhole: whether all of the secret is looked for, rather than a part of it.
  ///   - isCut: whether a text is shown that was cut by whoever wrote it.
  static func drawn(for secret: String, isWhole: Bool, isCut: Bool, _ random: inout some RandomNumberGenerator) -> SecretOrigin {
    let origin = allCases.randomElement(using: &random) ?? .lasting
    switch origin {
    // What is left of an earlier one finds the whole alone.
    case .earlier where !isWhole || isCut || secret.utf8.count < 8: return .passing
    // Neither a cookie nor a text holds just any sign.
    case .cookie, .loginText:
      let isToken = secret.utf8.allSatisfy(\.isAlphanumeric)
      return isToken && secret.utf8.count >= 20 ? origin : .passing
    default: return origin
    }
  }

  /// Hides the secret as the program would that meets it here.
  func tell(_ secret: String, to mask: SecretMask) {
    let value = JSONValue.string(secret)
    let quoted = secret.utf8.map { byte in
      let digits = String(byte, radix: 16)
      return "%" + (digits.count < 2 ? "0" : "") + digits
    }.joined()
    func request(_ url: String, _ headers: [(name: String, value: String)] = []) -> HTTPRequest {
      HTTPRequest(method: "GET", url: url, headers: headers)
    }
    func answer(_ headers: [(String, String)], _ body: String = "") -> HTTPResponse {
      HTTPResponse(
        status: 200, headers: HTTPHeaders(headers.map { (name: $0.0, value: $0.1) }), body: Data(body.utf8), url: "http://a.test/"
      )
    }
    switch self {
    case .lasting: mask.hide(secret)
    case .passing: mask.hidePassing(secret)
    case .earlier:
      mask.hidePassing(secret)
      for number in 0..<3_000 { mask.hidePassing("another-\(number)") }
    case .derived: mask.hide(derived: ["a": [value]], insteadOf: ["a": ["-"]])
    case .specProperty: tell(["a": ["b": value]], ["properties": ["a": ["oneOf": [["properties": ["b": Self.mark]]]]]], to: mask)
    case .specPattern: tell(["a": ["b": value]], ["properties": ["a": ["patternProperties": [".": Self.mark]]]], to: mask)
    case .specElement:
      tell(["a": [value]], ["properties": ["a": ["contains": ["$ref": "#/$defs/s"]]], "$defs": ["s": Self.mark]], to: mask)
    case .specDefault: tell([:], ["properties": ["a": ["airbyte_secret": true, "default": value]]], to: mask)
    case .requestHeader: mask.hide(credentialsOf: request("http://a.test/", [("X-Api-Key", secret)]))
    case .answerHeader: mask.hide(credentialsOf: answer([("X-Session-Token", secret)]))
    case .cookie: mask.hide(credentialsOf: answer([("Set-Cookie", "sid=\(secret); Path=/; HttpOnly")]))
    case .userInfo: mask.hide(credentialsOf: request("http://joe:\(quoted)@a.test/"))
    case .parameter: mask.hide(credentialsOf: request("http://a.test/?page=2&api%5Fkey=\(quoted)"))
    case .member: mask.hide(credentialsNamedIn: ["list": [["client_secret": value]]])
    case .loginJSON: LoginAnswer(answer([], JSONValue.object(["data": [["id_token": value]]]).jsonText)).hide(from: mask)
    case .loginText: LoginAnswer(answer([], "<session>\(secret)</session>")).hide(from: mask)
    }
  }

  private static let mark: JSONValue = ["airbyte_secret": true]

  private func tell(_ config: JSONObject, _ spec: JSONValue, to mask: SecretMask) {
    mask.hide(secretsOf: config, spec: spec)
  }
}
