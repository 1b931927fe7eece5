import Foundation
import Testing

@testable import ConnectorModel
@testable import HTTP
@testable import Secrets

/// What is quoted of an API's answer, by the shape of its body.
@Suite struct APIAnswerTests {
  private static func answer(
    _ body: String, _ type: String = "application/json", status: Int = 422, hiding secrets: any Secrets = NoSecrets()
  ) -> APIAnswer { answer(Data(body.utf8), type, status: status, hiding: secrets) }

  private static func answer(
    _ body: Data, _ type: String, status: Int = 422, hiding secrets: any Secrets = NoSecrets()
  ) -> APIAnswer {
    APIAnswer(
      HTTPResponse(status: status, headers: [("Content-Type", type)], body: body, url: "https://api.test/"), hiding: secrets)
  }

  // MARK: The message

  @Test(arguments: [
    // What the reference finds.
    (#"{"message": "limit too large"}"#, "limit too large"),
    (#"{"messages": ["a", "b"]}"#, "a, b"), (#"{"error": "no"}"#, "no"),
    (#"{"errors": [{"message": "a"}, {"message": "b"}]}"#, "a, b"),
    (#"{"failures": ["x"]}"#, "x"), (#"{"failure": "x"}"#, "x"), (#"{"detail": "x"}"#, "x"), (#"{"err": {"msg": "x"}}"#, "x"),
    (#"{"error_message": "x"}"#, "x"), (#"{"reason": "x"}"#, "x"), (#"{"status_message": "x"}"#, "x"),
    (#""just a text""#, "just a text"), (#"["a", {"error": "b"}]"#, "a, b"),
    // What it does not find, or only a part of.
    (
      #"{"fault": {"faultstring": "Invalid ApiKey", "detail": {"errorcode": "oauth.v2"}}}"#, "Invalid ApiKey: errorcode: oauth.v2"
    ),
    (#"{"error": {"details": [{"reason": "API_KEY_INVALID"}]}}"#, "API_KEY_INVALID"),
    (#"{"error": "invalid_grant", "error_description": "Token revoked"}"#, "invalid_grant: Token revoked"),
    (
      #"{"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "since is no date"}"#,
      "Bad Request: since is no date"
    ),
    (#"{"errors": {"since": ["is no date", "is required"]}}"#, "since: is no date, is required"),
    (
      #"{"message": "Validation Failed", "errors": [{"resource": "Issue", "field": "title", "code": "missing"}]}"#,
      "Validation Failed: resource: Issue, field: title, code: missing"
    ),
    (#"{"errors": [{"field": "since", "problem": "must be an ISO date"}]}"#, "field: since, problem: must be an ISO date"),
    (#"{"errorSummary": "Api validation failed", "errorCauses": []}"#, "Api validation failed"),
    (#"{"Message": "The request is invalid."}"#, "The request is invalid."),
    (#"{"error-message": "x"}"#, "x"), (#"{"errorMessages": [], "errors": {"project": "no such"}}"#, "project: no such"),
    (#"{"meta": {"error": {"developerMessage": "x"}}}"#, "x"), (#"{"response": {"body": {"errors": ["x"]}}}"#, "x"),
    (#"{"error": true, "hint": "use a page"}"#, "use a page"), (#"{"error": {"code": 42}}"#, "code: 42"),
    (#"{"status": "failed", "reason": "quota of exports"}"#, "quota of exports"),
    (#"{"job": {"status": "failed", "failure_reason": "too many rows"}}"#, "too many rows"),
    (#"{"error": "Bad Request", "message": "Bad Request: no page"}"#, "Bad Request: no page"),
    (#"{"message": "  spread\n  over\tlines "}"#, "spread over lines"),
    (#"{"message": "gr\u00fc\u00df \u001b[31mred"}"#, "grüß \\u{1B}[31mred"),
  ])
  func theMessageInJSON(body: String, words: String) {
    let answer = Self.answer(body)
    #expect(answer.words == words)
    #expect(answer.sentence == "The API says: \(words)")
    #expect(answer.detail?.hasPrefix(words) == true)
  }

  @Test(arguments: [
    (#"{"code": 7, "data": null}"#), "[]", "{}", "17", "true", #"{"error": true}"#,
    #"{"items": [{"id": 1, "message": "hello"}]}"#,
  ])
  func jsonWithoutAMessageIsQuotedItself(body: String) {
    let answer = Self.answer(body)
    #expect(answer.words == nil)
    #expect(answer.sentence == "The API says: \(body)")
    #expect(answer.detail == body)
  }

  @Test(arguments: [
    (
      "<?xml version='1.0'?><Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message></Error>",
      "The key does not exist."
    ),
    (
      "<s:Envelope xmlns:s='x'><s:Body><s:Fault><faultcode>c</faultcode><faultstring>no such user</faultstring></s:Fault></s:Body></s:Envelope>",
      "no such user"
    ),
    ("<r><error code='7'>broken &amp; bent</error></r>", "broken & bent"), ("<error message='bad'/>", "bad"),
  ])
  func theMessageInXML(body: String, words: String) {
    #expect(Self.answer(body, "application/xml").words?.contains(words) == true)
  }

  @Test func theMessageInAForm() {
    let body = "error_description=The+code+is+wrong&error=bad_verification_code&error_uri=https%3A%2F%2Fa.test"
    #expect(Self.answer(body, "application/x-www-form-urlencoded").words == "bad_verification_code: The code is wrong")
  }

  // MARK: Other bodies

  @Test(arguments: [
    (
      "text/html",
      "<!DOCTYPE html><html><head><title>403 Forbidden</title><style>p {color: red}</style></head><body><!-- x --><h1>No</h1><p>Access&nbsp;denied &amp; logged.<script>var a = '<p>'</script></body></html>",
      "403 Forbidden No Access denied & logged."
    ),
    ("application/json", "<html><body>gateway</body></html>", "gateway"), ("text/html", #"{"message": "is JSON"}"#, "is JSON"),
    ("text/plain", " Too  many\r\nrequests ", "Too many requests"), ("", "quota", "quota"),
    ("text/plain", "right\u{202E}left", "right\\u{202E}left"), ("application/xml", "<a><b>not closed", "<a><b>not closed"),
  ])
  func otherTexts(type: String, body: String, text: String) {
    #expect(Self.answer(body, type).sentence == "The API says: \(text)")
    #expect(Self.answer(body, type).detail?.contains(text) == true)
  }

  @Test func aTextInAnotherEncoding() {
    let latin = Data([0x67, 0x72, 0xFC, 0xDF])
    #expect(Self.answer(latin, "text/plain; charset=ISO-8859-1").sentence == "The API says: grüß")
    #expect(Self.answer(Data([0xEF, 0xBB, 0xBF]) + Data("ok".utf8), "text/plain").sentence == "The API says: ok")
  }

  @Test(arguments: ["", " \r\n"])
  func anEmptyBodyIsCalledSo(body: String) {
    #expect(Self.answer(body).sentence == "The body of its answer is empty")
    #expect(Self.answer(body).detail == "The body of its answer is empty")
  }

  @Test func whatIsNoTextIsNotShown() {
    let image = Data([0x89, 0x50, 0x4E, 0x47, 0, 0, 0, 1, 0xFF, 0xFE, 0, 7])
    #expect(Self.answer(image, "image/png").sentence == "The body of its answer is not text: 12 bytes of image/png")
  }

  // MARK: Limits and secrets

  @Test(arguments: ["application/json", "text/plain", "text/html"])
  func longBodiesAreCut(type: String) {
    let answer = Self.answer(String(repeating: "word ", count: 100_000), type)
    #expect(answer.sentence?.count == "The API says: ".count + 301)
    #expect(answer.detail?.count == 1_001)
    let message = Self.answer(#"{"message": "\#(String(repeating: "word ", count: 10_000))"}"#)
    #expect(message.words?.count == 1_001)
  }

  /// At each place around the cut, and in each shape of body.
  @Test(arguments: [
    (#"{"message": "@"}"#, "application/json"), (#"{"code": "@"}"#, "application/json"), ("@", "text/plain"),
    ("<p>@</p>", "text/html"), ("<Error><Message>@</Message></Error>", "application/xml"),
    ("error=@", "application/x-www-form-urlencoded"),
  ])
  func secretsAreMaskedBeforeTheCut(shape: String, type: String) {
    let mask = SecretMask()
    mask.hide("KEYZx81Qpl0wWw")
    for count in [0, 280, 290, 299, 980, 990, 999, 1_005] {
      let text = shape.replacing(
        "@", with: String(repeating: "x", count: count) + " KEYZx81Qpl0wWw" + String(repeating: " y", count: 900))
      let answer = Self.answer(text, type, hiding: mask)
      for shown in [answer.words, answer.excerpt, answer.sentence, answer.detail] { #expect(shown?.contains("KEY") != true) }
    }
  }

  @Test func aMessageThatHasTheWordsAlreadyIsLeftAsItIs() {
    let answer = Self.answer(#"{"error": {"message": "no such page", "reason": "notFound"}}"#)
    #expect(answer.added(to: "Not found: no such page") == "Not found: no such page")
    #expect(answer.added(to: "Not found") == "Not found. The API says: no such page: notFound")
    #expect(answer.added(to: "Not found!") == "Not found! The API says: no such page: notFound")
  }

  @Test func recordsAreNoMessage() {
    #expect(Self.answer(#"[{"message": "hello"}]"#, status: 200).words == nil)
    #expect(Self.answer(#"{"ok": false, "error": "invalid_auth"}"#, status: 200).words == "invalid_auth")
  }

  @Test func deepAndBroadBodiesAreBounded() {
    let deep = String(repeating: #"{"error": "#, count: 500) + "1" + String(repeating: "}", count: 500)
    #expect(Self.answer(deep).words == nil)
    let broad = "{\"errors\": [" + (0..<50_000).map { "{\"message\": \"m\($0)\"}" }.joined(separator: ",") + "]}"
    #expect(Self.answer(broad).words == "m0, m1, m2, m3, m4")
  }
}
