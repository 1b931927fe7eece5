import ConnectorModel
import Foundation
import Testing

@testable import Traffic

@Suite("Matching of requests")
struct RequestPatternTests {
  private static func shape(_ method: String, _ url: String, _ body: String?, _ type: String) -> RequestShape {
    RequestShape(method: method, url: url, mimeType: type, body: Data((body ?? "").utf8), hasUnknownBody: false)
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var recorded = "https://a.example/x"
    var sent = "https://a.example/x"
    var recordedBody: String?
    var sentBody: String?
    var type = "application/json"
    var difference: String?

    var testDescription: String { "\(recorded) \(recordedBody ?? "") / \(sent) \(sentBody ?? "")" }
  }

  @Test(
    "By method, address and meaning",
    arguments: [
      Row(recorded: "https://a.example/x?a=1&b=2", sent: "https://A.example:443/x?b=2&a=1"),
      Row(recorded: "https://a.example/x?a=1&a=2", sent: "https://a.example/x?a=2&a=1"),
      Row(recorded: "https://a.example/x?a=1", sent: "https://a.example/x?a=2", difference: "parameter `a` is '2', recorded '1'"),
      Row(
        recorded: "https://a.example/x?a=1&a=1", sent: "https://a.example/x?a=1",
        difference: "parameter `a` is '1', recorded '1' and '1'"),
      Row(sent: "https://a.example/x?a=2", difference: "parameter `a` is '2', and was not sent when recording"),
      Row(recorded: "https://a.example/x?a=2", difference: "parameter `a` is missing, recorded '2'"),
      Row(sent: "https://a.example/y", difference: "the address is https://a.example/y, recorded https://a.example/x"),
      Row(recorded: "https://a.example/x?k=****12345678", sent: "https://a.example/x?k=anything"),
      Row(recorded: "https://a.example/x?k=Key-****12345678-end", sent: "https://a.example/x?k=Key-1-end"),
      Row(
        recorded: "https://a.example/x?k=Key-****12345678-end", sent: "https://a.example/x?k=1-end",
        difference: "parameter `k` is '1-end', recorded 'Key-****12345678-end'"),
      Row(recorded: "https://a.example/x?****12345678=2&b=1", sent: "https://a.example/x?b=1&page=2"),
      Row(
        recorded: "https://a.example/x?****12345678=****12345678&p_****12345678=7", sent: "https://a.example/x?p_page=7&page=page"
      ),
      Row(
        recorded: "https://a.example/x?****12345678=2&b=1", sent: "https://a.example/x?b=1",
        difference: "parameter `****12345678` is missing, recorded '2'"),
      Row(
        recorded: "https://a.example/x?p_****12345678=2", sent: "https://a.example/x?p_page=2&b=1",
        difference: "parameter `b` is '1', and was not sent when recording"),
      Row(recordedBody: #"{"****12345678": {"b": 1}, "c": 2}"#, sentBody: #"{"c": 2, "page": {"b": 1}}"#),
      Row(
        recordedBody: #"{"****12345678": 1, "c": 2}"#, sentBody: #"{"c": 2, "page": 3}"#,
        difference: "`****12345678` of the body is missing, recorded 1"),
      Row(recordedBody: "****12345678=1&b=2", sentBody: "b=2&page=1", type: "application/x-www-form-urlencoded"),
      Row(recorded: "https://a.example/****12345678/x", sent: "https://a.example/me/x"),
      Row(recordedBody: #"{"a": 1, "b": [2.0]}"#, sentBody: #"{"b":[2],"a":1}"#),
      Row(recordedBody: #"{"a": "****12345678"}"#, sentBody: #"{"a": 77}"#),
      Row(
        recordedBody: #"{"a": {"b": [1]}}"#, sentBody: #"{"a": {"b": [2]}}"#, difference: "`a.b[0]` of the body is 2, recorded 1"),
      Row(recordedBody: #"{"a": 1}"#, sentBody: #"{}"#, difference: "`a` of the body is missing, recorded 1"),
      Row(recordedBody: "a=1&b=%20", sentBody: "b=+&a=1", type: "application/x-www-form-urlencoded"),
      Row(
        recordedBody: "a=1", sentBody: "a=2", type: "application/x-www-form-urlencoded",
        difference: "form field `a` is '2', recorded '1'"),
      Row(recordedBody: "text", sentBody: "text", type: "text/plain"),
      Row(recordedBody: "text", sentBody: "texts", type: "text/plain", difference: "the body is 'texts', recorded 'text'"),
    ])
  func compares(_ row: Row) {
    let pattern = RequestPattern(Self.shape("POST", row.recorded, row.recordedBody, row.type))
    let sent = Self.shape("POST", row.sent, row.sentBody, row.type)
    #expect(pattern.differences(of: sent).map(\.phrase) == (row.difference.map { [$0] } ?? []))
    // What matches is also found by what is not masked of it.
    if row.difference == nil { #expect(pattern.mask.key(of: pattern.shape) == pattern.mask.key(of: sent)) }
  }

  @Test("The method counts")
  func method() {
    let pattern = RequestPattern(Self.shape("GET", "https://a.example", nil, ""))
    #expect(
      pattern.differences(of: Self.shape("POST", "https://a.example/", nil, "")).map(\.phrase) == [
        "the method is POST, recorded GET"
      ])
  }
}
