import Foundation
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

  @Test("A number by itself is a text, without quotes")
  func numbers() {
    #expect(placeholders("8675309123").masked("8675309123").wholeMatch(of: /\*{4}[0-9a-f]{8}/) != nil)
  }

  struct Writing: Sendable, CustomTestStringConvertible {
    var secret = "first-secret"
    /// The secret of the config at the replay.
    var present = "present \"one\""
    var body: String
    var restored: String

    var testDescription: String { body }
  }

  @Test(
    "A secret of the config comes back as the config has it now",
    arguments: [
      Writing(body: #"{"id": "first-secret"}"#, restored: #"{"id": "present \"one\""}"#),
      Writing(body: "first-secret, it says", restored: "present \"one\", it says"),
      Writing(secret: "a/b ä", body: #"{"id": "a\/b \u00e4"}"#, restored: #"{"id": "present \"one\""}"#),
      Writing(
        secret: "a/b ä", body: #"{"url": "https://a.example/a%2Fb%20%C3%A4"}"#,
        restored: #"{"url": "https://a.example/present%20%22one%22"}"#),
      Writing(secret: "a/b ä", body: #"["YS9iIMOk"]"#, restored: #"["cHJlc2VudCAib25lIg=="]"#),
      Writing(
        secret: "48151623", present: "77", body: #"{"a":48151623,"b":"48151623","c":5}"#,
        restored: #"{"a":77,"b":"77","c":5}"#),
      // What is no number cannot be one, and a short number is not told from others.
      Writing(secret: "48151623", present: "text", body: #"{"b": "48151623"}"#, restored: #"{"b": "text"}"#),
      Writing(secret: "first-secret", body: #"{"id": "first-secreT-s"}"#, restored: #"{"id": "****"}"#),
    ])
  func restores(_ row: Writing) throws {
    let mask = SecretMask()
    mask.hide(row.secret)
    mask.note(row.secret, at: "credentials.key")
    let hidden = SecretPlaceholders(mask, key: [1])
    var origins = hidden.origins
    let masked = hidden.masked(row.body, keepsNumbers: true, noting: &origins)
    #expect(!masked.contains("\(row.secret)\""))
    var entry = HAREntry(
      request: HAREntry.Request(method: "GET", url: "https://a.example"),
      response: HAREntry.Response(status: 200, body: HARBody(data: Data(masked.utf8))), started: 0, duration: 0,
      notes: [RecordingNotes.secrets: .object(origins.notes)])
    entry = SecretRestoration(entry.notes, ["credentials.key": row.present]).restored(entry)
    let text = String(decoding: entry.response.body?.data ?? Data(), as: UTF8.self)
    #expect(text == row.restored || (row.restored.contains("****") && text.contains("****")))
    // Without a config, the placeholders stay.
    let other = SecretRestoration(entry.notes, [:]).restored(entry)
    #expect(other.response.body?.data == entry.response.body?.data)
  }
}
