import JSON
import Secrets
import Testing

@testable import Traffic

@Suite("Placeholders of secrets")
struct SecretPlaceholderTests {
  private func placeholders(_ secrets: String..., key: UInt8 = 1) -> SecretPlaceholders {
    let mask = SecretMask()
    for secret in secrets { mask.hide(secret) }
    return SecretPlaceholders(mask, key: [key])
  }

  @Test("Equal secrets are equal, others are not, and another recording has others")
  func stable() throws {
    let text = placeholders("first-secret", "other-secret").masked("first-secret, other-secret, first-secret")
    let codes = text.matches(of: /\*{4}[0-9a-f]{8}/).map { String($0.output) }
    #expect(codes.count == 3 && codes[0] == codes[2] && codes[0] != codes[1])
    #expect(text == "\(codes[0]), \(codes[1]), \(codes[0])")
    #expect(placeholders("first-secret", key: 2).masked("first-secret") != codes[0])
  }

  @Test("JSON stays JSON")
  func json() throws {
    let hidden = placeholders("123456789", "{\"a\": 77777}")
    let answer = try JSONValue(parsing: hidden.masked(#"{"id": 123456789, "text": "x 123456789"}"#, keepsNumbers: true))
    #expect(answer["id"]?.int != nil && answer["id"] != 123_456_789)
    #expect(answer["text"]?.string?.hasPrefix("x ****") == true)
    let request = try JSONValue(parsing: hidden.masked(#"{"id": 123456789}"#))
    #expect(request["id"]?.string?.hasPrefix("****") == true)
  }

  @Test(
    "A date with a time is not a secret", arguments: ["2025-03-01T12:01:00+00:00", "2025-03-01 12:01", "2025-03-01T12:01:00.5Z"])
  func dates(_ text: String) {
    #expect(placeholders(text).masked("until \(text)") == "until \(text)")
    #expect(placeholders("2025-03-01").masked("born 2025-03-01") != "born 2025-03-01")
  }

  @Test("Bytes that are no text are masked too")
  func bytes() {
    let data = placeholders("first-secret").masked(
      Array("\u{FF}first-secret\u{FE}".unicodeScalars.map { UInt8($0.value) }).withUnsafeBytes { .init($0) })
    #expect(data.first == 0xFF && data.last == 0xFE && data.count == 14)
  }
}
