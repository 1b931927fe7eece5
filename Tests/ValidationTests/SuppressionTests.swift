import Testing
import Validation

/// Comments that silence rules.
@Suite struct SuppressionTests {
  /// A manifest with an unknown key and plain HTTP, each in a line of its own.
  private static func text(top: String = "", above: String = "", beside: String = "") -> String {
    manifest(
      top: top, requester: "\(above.isEmpty ? "" : above + "\n")http_methd: GET\(beside)",
      url: "url: http://api.example.com/items")
  }

  @Test(
    arguments: [
      (text(), ["insecure-url", "unknown-key"]),
      (text(beside: " # airbyte-lowcode: ignore unknown-key"), ["insecure-url"]),
      (text(beside: " # airbyte-lowcode: ignore insecure-url"), ["insecure-url", "unknown-key", "unused-ignore"]),
      (text(beside: " # airbyte-lowcode: ignore insecure-url, unknown-key"), ["insecure-url", "unused-ignore"]),
      (text(beside: " # airbyte-lowcode: ignore"), ["insecure-url", "unknown-key", "unused-ignore"]),
      (text(beside: " # airbyte-lowcode: ignored"), ["insecure-url", "unknown-key"]),
      (text(top: "# airbyte-lowcode: ignore duplicate-stream"), ["insecure-url", "unknown-key", "unused-ignore"]),
      (text(top: "# airbyte-lowcode: ignore duplicate-stream, unused-ignore"), ["insecure-url", "unknown-key"]),
      (text(above: "# airbyte-lowcode: ignore unknown-key"), ["insecure-url"]),
      (text(above: "# airbyte-lowcode: ignore unknown-key\n# it is read by nobody"), ["insecure-url"]),
      (text(top: "# airbyte-lowcode: ignore unknown-key"), ["insecure-url"]),
      (text(top: "# Ours.\n#airbyte-lowcode: ignore unknown-key insecure-url"), []),
      (text(top: "description: '# airbyte-lowcode ignore unknown-key'"), ["insecure-url", "unknown-key"]),
    ] as [(String, [String])])
  func silences(text: String, expected: [String]) async throws {
    let report = await (try ManifestChecker()).check(text)
    #expect(report.findings.map(\.rule).sorted() == expected)
  }

  @Test func errorsCannotBeSilenced() async throws {
    let report = await (try ManifestChecker()).check(manifest(requester: "http_method: PUT # airbyte-lowcode: ignore value"))
    #expect(report.errorCount == 1)
  }

  @Test func aCommentWhereAReferenceStandsSilencesWhatItBrought() async throws {
    let text = manifest(
      top: "definitions:\n  request: {type: HttpRequester, url: http://api.example.com}",
      requester: "", url: "$ref: '#/definitions/request' # airbyte-lowcode: ignore insecure-url")
    #expect(await (try ManifestChecker()).check(text).findings.map(\.rule) == [])
  }
}
