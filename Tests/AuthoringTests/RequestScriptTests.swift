import ConnectorModel
import JSON
import Secrets
import Testing

@testable import Authoring

/// Requests as commands and files of other programs.
@Suite struct RequestScriptTests {
  private static let names: SecretNames = {
    let mask = SecretMask()
    mask.hide("s3cr3t/key=1")
    return SecretNames(mask, config: ["api-key": "s3cr3t/key=1", "region": "north"])
  }()

  private static func request(
    _ url: String, method: String = "GET", _ headers: [(String, String)] = [], _ body: String? = nil
  ) -> ExplainedRequest {
    ExplainedRequest(
      HTTPRequest(method: method, url: url, headers: headers.map { (name: $0.0, value: $0.1) }, body: body.map { Array($0.utf8) })
    )
  }

  @Test func curlQuotes() {
    let script = RequestScript(Self.names)
    #expect(
      script.curl(
        Self.request(
          "https://a.test/x?q=it's", method: "POST", [("Accept", "*/*"), ("Authorization", "Bearer s3cr3t/key=1")],
          #"{"a": "it's"}"#))
          == #"""
          curl \
            'https://a.test/x?q=it'\''s' \
            -H 'Authorization: Bearer '"$API_KEY" \
            --data-raw '{"a": "it'\''s"}'
          """#)
    #expect(script.curl(Self.request("https://a.test/")) == "curl \\\n  'https://a.test/'")
  }

  @Test func hurlHasSections() {
    let script = RequestScript(Self.names)
    #expect(
      script.hurl(Self.request("https://a.test/x?since=2025%2D01&k=s3cr3t%2Fkey%3D1&n=%23", [("X-Key", "s3cr3t/key=1")])) == """
        GET https://a.test/x
        X-Key: {{api_key}}
        [Query]
        since: 2025-01
        k: {{api_key}}
        n: \\#
        HTTP 200
        """)
    #expect(
      script.hurl(
        Self.request("https://a.test/x", method: "POST", [("Content-Type", "application/x-www-form-urlencoded")], "a=1&b=x+y"))
          == """
          POST https://a.test/x
          Content-Type: application/x-www-form-urlencoded
          [Form]
          a: 1
          b: x y
          HTTP 200
          """)
    #expect(script.hurl(Self.request("https://a.test/x", method: "POST", [], #"{"a":1}"#)).hasSuffix("\n{\"a\":1}\nHTTP 200"))
  }

  @Test func numbersAndQuotedValuesHaveTheirNames() {
    let mask = SecretMask()
    for secret in ["8675309123", "abc def&x"] { mask.hide(secret) }
    let script = RequestScript(SecretNames(mask, config: ["num": 8_675_309_123, "k": "abc def&x"]))
    #expect(
      script.curl(Self.request("https://a.test/x?num=8675309123&k=abc+def%26x"))
        == "curl \\\n  'https://a.test/x?num='\"$NUM\"'&k='\"$K_ENCODED\"")
  }

  @Test func secretsAreNowhere() {
    #expect(Self.names.masked("key s3cr3t/key=1, s3cr3t%2Fkey%3D1") == "key ****, ****")
    #expect(Self.names.masked(["a": "s3cr3t/key=1", "b": 3]) == ["a": "****", "b": 3])
  }
}
