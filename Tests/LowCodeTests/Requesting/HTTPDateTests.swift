import AirbyteProtocol
import Foundation
import JSON
import Testing

@testable import Jinja
@testable import Components
@testable import ConnectorModel
@testable import HTTP

@Suite struct HTTPDateTests {
  /// 2025-03-01T12:00:00Z, as the clock of the other tests says.
  private static let now = TestWorld.start

  /// The three forms of RFC 9110 §5.6.7, and what is close to them. Seconds since 1970-01-01T00:00:00Z.
  @Test(arguments: [
    ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
    ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Sat, 01 Mar 2025 12:00:03 GMT", 1_740_830_403),
    ("Saturday, 01-Mar-25 12:00:03 GMT", 1_740_830_403), ("Sat Mar 15 12:00:00 2025", 1_742_040_000),
    ("sat, 1 mar 2025 12:00:03 gmt", 1_740_830_403), ("Sat, 01 Mar 2025 12:00:03 UTC", 1_740_830_403),
    ("Thu, 29 Feb 2024 00:00:00 GMT", 1_709_164_800), ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_799),
    ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799), ("Mon, 01 Jan 0001 00:00:00 GMT", -62_135_596_800),
    // A year of two digits is at most 50 years ahead.
    ("Friday, 01-Mar-75 12:00:00 GMT", 3_318_667_200), ("Monday, 01-Mar-76 12:00:00 GMT", 194_529_600),
  ])
  func dates(text: String, seconds: Int64) {
    #expect(HTTPDate.parse(text, now: Self.now) == seconds * 1_000_000)
  }

  @Test(arguments: [
    "", "3", "1.5", "GMT", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "06 Nov 1994 08:49:37 GMT",
    "Sun, 31 Feb 2025 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
    "Sun, 06 Now 1994 08:49:37 GMT",
    "Sun, 06 Nov 19994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT", "2025-03-01T12:00:03Z", "Sun, ٠٦ Nov 1994 08:49:37 GMT",
    "Sun",
    "Sun, -6 Nov 1994 08:49:37 GMT", "Xun, 06 Nov 1994 08:49:37 GMT",
  ])
  func whatIsNoDate(text: String) {
    #expect(HTTPDate.parse(text, now: Self.now) == nil)
  }

  /// What strategies say of a header, in seconds; nil where another one has the word.
  @Test(arguments: [
    ("2", 2.0, nil), ("1.5", 1.5, nil), ("0", 0, nil), ("", nil, nil), ("soon", nil, nil), ("1740830405", 1_740_830_405, 5),
    ("Sat, 01 Mar 2025 12:00:03 GMT", 3, 3), ("Saturday, 01-Mar-25 12:00:03 GMT", 3, 3), ("Sat Mar  1 12:00:03 2025", 3, 3),
    ("Sat, 01 Mar 2025 11:59:00 GMT", 0, nil), ("Sun, 06 Nov 1994 08:49:37 GMT", 0, nil),
    ("Fri, 31 Dec 9999 23:59:59 GMT", 251_661_470_399, 251_661_470_399), ("Sat, 31 Feb 2025 12:00:03 GMT", nil, nil),
  ])
  func waits(header: String, wait: Double?, until: Double?) throws {
    let world = TestWorld([])
    let attempt = Attempt.response(HTTPResponse(status: 429, headers: [("Retry-After", header)], body: Data(), url: ""))
    let context = try world.scope()
    func node(_ json: String) throws -> ComponentNode { try ComponentNode(world.node(json)) }
    let named = #"{"header": "Retry-After"}"#
    #expect(try WaitTimeFromHeader(from: node(named), in: context).delay(after: attempt, number: 1) == wait)
    #expect(try WaitUntilTimeFromHeader(from: node(named), in: context).delay(after: attempt, number: 1) == until)
    let whole = #"{"header": "Retry-After", "regex": ".+"}"#
    #expect(try WaitTimeFromHeader(from: node(whole), in: context).delay(after: attempt, number: 1) == wait)
    let template = #"{"wait_time_in_seconds": "{{ headers['retry-after'] }}"}"#
    #expect(try WaitTimeFromResponse(from: node(template), in: context).delay(after: attempt, number: 1) == wait)
  }

  @Test func aDateCountsForTheLongestWait() async throws {
    let world = TestWorld([])
    let date = "Sat, 01 Mar 2025 12:00:10 GMT"
    let attempt = Attempt.response(HTTPResponse(status: 429, headers: [("Retry-After", date)], body: Data(), url: ""))
    for (limit, isAllowed) in [(10, false), (11, true)] {
      for strategy in [WaitTimeFromHeader.self, WaitUntilTimeFromHeader.self] as [any (Component & BackoffStrategy).Type] {
        let node = try ComponentNode(world.node(#"{"header": "Retry-After", "max_waiting_time_in_seconds": \#(limit)}"#))
        let wait = try? await strategy.init(from: node, in: world.scope()).delay(after: attempt, number: 1)
        #expect((wait != nil) == isAllowed)
      }
    }
  }

  @Test(arguments: [
    (3.0, "3.0 s"), (0.1, "0.1 s"), (1.96875, "2.0 s"), (3_600.04, "3600.0 s"), (0, "0.0 s"), (-1.25, "-1.3 s"),
    (.infinity, "inf s"),
  ])
  func shownWaits(seconds: Double, shown: String) {
    #expect(PythonStrings.wait(seconds) == shown)
  }

  @Test("A request that is repeated says when, with one decimal")
  func loggedWaits() async throws {
    let world = TestWorld([.status(429, "{}"), .status(200, "{}")])
    let requester: any Requester = try world.scope().build(world.node(#"{"type": "HttpRequester", "url": "https://a.test/x"}"#))
    _ = try await requester.send(.whole, token: nil, path: nil, adding: RequestParts())
    #expect(world.lines.contains { $0.hasSuffix("Trying again in 1.0 s.") })
  }
}
