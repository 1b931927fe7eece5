import ConnectorModel
import JSON
import Manifest
import Testing
import Traffic

@testable import Authoring

/// How what came is compared with what was expected.
@Suite struct ComparisonTests {
  @Test(arguments: [
    (#"{"a": 1, "b": {"c": [1, 2]}}"#, #"{"b": {"c": [1, 2.0]}, "a": 1.0}"#, []),
    (#"{"a": 1}"#, #"{"a": true}"#, ["a: expected 1, came true"]),
    (#"{"a": {"b": "x"}}"#, #"{"a": {"b": "y", "c": 1}}"#, [#"a.b: expected "x", came "y""#, "a.c: expected nothing, came 1"]),
    (#"{"a": [1, 2]}"#, #"{"a": [1]}"#, ["a[1]: expected 2, came nothing"]),
    (#"{"a": [1]}"#, #"{"a": [1, 2]}"#, ["a[1]: expected nothing, came 2"]),
    (#"{"a": "${json-unit.any-string}", "b": "${json-unit.ignore}"}"#, #"{"a": "x", "b": [1]}"#, []),
    (#"{"a": "${json-unit.any-number}"}"#, #"{"a": "x"}"#, [#"a: expected "${json-unit.any-number}", came "x""#]),
    (#"{"a": "key=****&b"}"#, #"{"a": "key=sesame&b"}"#, []),
    (#"{"a": "key=****&b"}"#, #"{"a": "key=sesame&c"}"#, [#"a: expected "key=****&b", came "key=sesame&c""#]),
    (#"[1]"#, #"{}"#, ["expected [1], came {}"]),
  ])
  func differencesHavePathsAndBothValues(expected: String, actual: String, sentences: [String]) throws {
    let found = ValueComparison().differences(try JSONValue(parsing: expected), try JSONValue(parsing: actual))
    #expect(found.map(\.sentence) == sentences)
  }

  @Test func furtherMembersMayBeAllowed() throws {
    #expect(ValueComparison(allowsMore: true).areEqual(["a": ["b": 1]], ["a": ["b": 1, "c": 2], "d": 3]))
    #expect(!ValueComparison(allowsMore: true).areEqual(["a": [1]], ["a": [1, 2]]))
  }

  @Test(arguments: [
    ("GET https://a.example.com/x?b=2&a=1", "https://a.example.com/x?a=1&b=2", []),
    ("GET /x?a=1", "https://b.example.com/x?a=1", []),
    ("/x?a=1", "https://b.example.com/x?a=2", ["parameter a: expected 1, came 2"]),
    ("GET /x", "https://b.example.com/x?a=2", []),
    ("GET /x?a=1&a=2", "https://b.example.com/x?a=2&a=1", []),
    ("GET /x?a=1&a=1", "https://b.example.com/x?a=1", ["parameter a: expected 1, came nothing"]),
    (
      "POST /x?a=1", "https://b.example.com/y?a=1&c=2",
      ["method: expected POST, came GET", "path: expected /x, came /y", "parameter c: expected nothing, came 2"]
    ),
    ("GET https://a.example.com/x?key=****", "https://a.example.com/x?key=sesame", []),
  ])
  func requestsAreComparedByTheirParts(line: String, url: String, differences: [String]) {
    let expected = ExpectedRequest(ManifestNode(.string(line)))
    let request = ObservedRequest(request: MockRequest(method: "GET", url: url), stream: "", requester: nil)
    #expect(expected.differences(request) == differences)
  }

  @Test func requestsHaveHeadersAndBodies() throws {
    let node = ManifestNode(
      ManifestValue(
        json: [
          "method": "post", "path": "/x", "query": ["a": 1], "headers": ["x-key": "${json-unit.any-string}"], "body": ["b": 2],
        ]))
    let request = MockRequest(
      method: "POST", url: "https://a.example.com/x?a=1", headers: [("X-Key", "k"), ("Content-Type", "application/json")],
      body: Array(#"{"b":3}"#.utf8))
    let found = ExpectedRequest(node).differences(ObservedRequest(request: request, stream: "", requester: nil))
    #expect(found == ["body: b: expected 2, came 3"])
  }

  /// Each number is expected or came; two are alike if they have the same tens.
  private static func compare(_ expected: [Int], _ actual: [Int], _ rules: ListComparison.Rules) -> ListComparison {
    ListComparison(
      expected: expected.count, actual: actual.count, rules,
      differences: { expected[$0] == actual[$1] ? [] : ["\(expected[$0])/\(actual[$1])"] },
      isAlike: { number, other, _ in expected[number] / 10 == actual[other] / 10 })
  }

  @Test func listsMayHaveAnotherOrder() {
    let comparison = Self.compare([11, 22, 33], [33, 21, 44, 11], .init())
    #expect(comparison.matches == [0: 3, 2: 0])
    #expect(comparison.pairs.map(\.differences) == [["22/21"]])
    #expect(comparison.missing.isEmpty)
    #expect(comparison.unexpected == [2])
    #expect(Self.compare([11], [22, 11], .init(allowsMore: true)).isFulfilled)
    #expect(Self.compare([11, 11], [11], .init()).missing == [1])
  }

  @Test func theOrderMayCount() {
    #expect(!Self.compare([11, 22], [22, 11], .init(isOrdered: true)).isFulfilled)
    #expect(Self.compare([11, 33], [11, 22, 33], .init(isOrdered: true, allowsMore: true)).isFulfilled)
    #expect(Self.compare([33, 11], [11, 22, 33], .init(isOrdered: true, allowsMore: true)).missing == [1])
  }
}
