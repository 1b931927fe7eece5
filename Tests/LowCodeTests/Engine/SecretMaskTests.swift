import Foundation
import JSON
import Testing

@testable import LowCode

@Suite struct SecretMaskTests {
  private static let secret = "s3cr3t/with+odd=chars\"&"

  private func mask(_ secrets: String...) -> SecretMask {
    let mask = SecretMask()
    for secret in secrets { mask.add(secret) }
    return mask
  }

  @Test(arguments: [
    secret, PercentEncoding.quotePlus(secret), JSONValue.string(secret).jsonText,
    Data(secret.utf8).base64EncodedString(), "Basic " + Data("user:\(secret)".utf8).base64EncodedString(),
    "Basic " + Data("me:\(secret)".utf8).base64EncodedString(), "Basic " + Data("a:\(secret)".utf8).base64EncodedString(),
    "Basic " + Data("\(secret):x".utf8).base64EncodedString(),
  ])
  func everyFormIsHidden(form: String) {
    let shown = mask(Self.secret).masked("before \(form) after")
    #expect(shown.contains(SecretMask.replacement))
    #expect(shown.hasPrefix("before "))
    #expect(shown.hasSuffix(" after"))
    #expect(!shown.contains("s3cr3t"))
    #expect(!shown.contains(Data("3cr3t/with+".utf8).base64EncodedString().dropLast(4)))
  }

  @Test func theLongestOfOverlappingSecretsGoesFirst() {
    #expect(mask("abc", "abcdef").masked("x abcdef y abc z") == "x **** y **** z")
  }

  @Test(arguments: [
    ("x abcdefghij y", "x **** y"), ("abcabcd", "****"), ("cdefghijcd", "****cd"), ("ab", "ab"), ("éabcdé", "é****é"),
  ])
  func overlappingSecretsLeaveNothing(text: String, expected: String) {
    #expect(mask("abc", "abcd", "cdefghij").masked(text) == expected)
  }

  @Test func shortSecretsAreHidden() {
    #expect(mask("é").masked("caf\u{e9}") == "caf****")
  }

  @Test func onlyTheLatestOfPassingSecretsAreRemembered() {
    let mask = SecretMask(passingLimit: 3)
    mask.add("lasting-secret")
    mask.addPassing("lasting-secret")
    for number in 0..<10 {
      mask.addPassing("passing-\(number)-token")
      mask.addPassing("passing-\(number)-token")
    }
    #expect(mask.masked("lasting-secret") == "****")
    let shown = (0..<10).filter { mask.masked("passing-\($0)-token") != "****" }
    // Some more than three stay hidden, so that not every new one costs a cleaning.
    #expect(shown == Array(0..<4))
  }

  @Test func textWithoutSecretsStays() {
    #expect(mask("abc").masked("nothing here") == "nothing here")
    #expect(mask("").masked("nothing here") == "nothing here")
  }

  @Test func secretsOfAConfigAreFoundWhereverTheSpecMarksThem() throws {
    let spec = try JSONValue(
      parsing: """
        {"properties": {
          "plain": {"type": "string"},
          "key": {"type": "string", "airbyte_secret": true},
          "pin": {"type": "integer", "airbyte_secret": true},
          "auth": {"oneOf": [
            {"properties": {"token": {"airbyte_secret": true}}},
            {"properties": {"user": {"type": "string"}}}]},
          "nested": {"anyOf": [{"properties": {"deep": {"allOf": [{"properties": {"a": {"airbyte_secret": true}}}]}}}]},
          "list": {"type": "array", "items": {"properties": {"code": {"airbyte_secret": true}}}}
        }}
        """)
    let config: JSONObject = [
      "plain": "visible", "key": "hidden-key", "pin": 4711, "auth": ["token": "hidden-token", "user": "ann"],
      "nested": ["deep": ["a": "hidden-deep"]], "list": [["code": "hidden-code"]],
    ]
    let mask = SecretMask()
    mask.add(secretsOf: config, spec: spec)
    let text = "visible hidden-key 4711 hidden-token ann hidden-deep hidden-code"
    #expect(mask.masked(text) == "visible **** **** **** ann **** ****")
  }
}
