import Foundation
import JSON
import Testing

@testable import ConnectorModel
@testable import Secrets

/// What is as secret as the secret that it belongs to.
@Suite struct SecretFormsTests {
  private static let lines = (0..<5).map { line in
    String((0..<64).map { Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")[($0 * 37 + line * 11) % 64] })
  }
  private static let pem =
    "-----BEGIN PRIVATE KEY-----\n\(lines.joined(separator: "\n"))\n-----END PRIVATE KEY-----\n"

  private func masked(_ secret: String, _ text: String) -> String {
    let mask = SecretMask()
    mask.hide(secret)
    return mask.masked(text)
  }

  @Test(arguments: [
    #"{"private_key_id": "f00dcafe4711", "n": 123456, "list": [{"deep": "underneath"}], "type": "service_account"}"#,
    #"[["f00dcafe4711", 123456], {"a": "underneath"}]"#,
    #""{\"k\": \"f00dcafe4711\", \"l\": [123456, \"underneath\"]}""#,
    Data(#"{"k": "f00dcafe4711", "n": [123456, "underneath"]}"#.utf8).base64EncodedString(),
  ])
  func theLeavesOfJSON(secret: String) {
    #expect(masked(secret, "no: f00dcafe4711, 123456, underneath") == "no: ****, ****, ****")
    #expect(masked(secret, "a service_account") == "a service_account")
  }

  @Test func theLinesOfAKey() {
    for secret in [Self.pem, Self.pem.replacing("\n", with: "\r\n"), Self.pem.replacing("\n", with: "\\n")] {
      for line in Self.lines { #expect(masked(secret, "line \(line) is bad") == "line **** is bad") }
      #expect(masked(secret, "body \(Self.lines.joined())") == "body ****")
    }
    // In one line, and broken otherwise than it was given.
    let oneLine = Self.pem.replacing("\n", with: " ")
    for line in Self.lines { #expect(masked(oneLine, "line \(line) is bad") == "line **** is bad") }
    let account = JSONValue.object(["private_key": .string(Self.pem), "client_email": "a@b.test"]).jsonText
    for line in Self.lines { #expect(masked(account, "line \(line) is bad") == "line **** is bad") }
  }

  @Test func theCredentialBehindAScheme() {
    #expect(masked("Bearer abc-123", "abc-123") == "****")
    #expect(masked("Basic " + Data("ann:p4ssword".utf8).base64EncodedString(), "it is p4ssword") == "it is ****")
    #expect(masked("two words", "two words") == "****")
  }

  @Test func thePartsOfAURL() {
    let secret = "https://ann:p4ss%21word@hooks.test:8443/services/T000/XYZ?sig=abc%2Fdef"
    for part in ["ann:p4ss!word", "p4ss!word", "https://hooks.test/", "/services/T000/XYZ", "abc/def"] {
      #expect(masked(secret, part).contains("****"), "\(part)")
    }
  }

  @Test(arguments: ["Straße-Ünïcode", "ПАРОЛЬ", "n\u{303}ino-1", "\u{1F511}key"])
  func otherWaysToWriteALetter(secret: String) {
    for form in [
      secret.lowercased(), secret.uppercased(), secret.precomposedStringWithCanonicalMapping,
      secret.decomposedStringWithCanonicalMapping,
    ] {
      #expect(masked(secret, "<\(form)>") == "<****>", "\(form)")
    }
  }

  /// A secret that looks like an encoding is hidden as it is, decoded, and encoded once more.
  @Test(arguments: ["a%41b%2Fc", #"x\u0041y\/z"#, "q&amp;r&#65;s", "100%+sure%zz"])
  func aSecretThatLooksEncoded(secret: String) {
    for text in [
      secret, PercentEncoding.quotePlus(secret), JSONValue.string(secret).jsonText,
      JSONValue.string(JSONValue.string(secret).jsonText).jsonText, Data(secret.utf8).base64EncodedString(),
    ] {
      #expect(masked(secret, text).contains("****"), "\(text)")
    }
    #expect(masked("a%41b%2Fc", "aAb/c") == "****")
  }
}
