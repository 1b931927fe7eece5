import JSON
import Testing

@testable import Authoring

/// What tests of `tests.yaml` find.
@Suite struct RunningTests {
  /// A page of two items, one of one item.
  private static let pages = """
    traffic:
          - httpRequest: {path: /items, queryStringParameters: {page: "2"}}
            priority: 1
            httpResponse: {body: {items: [{id: 3, name: c}]}}
          - httpRequest: {path: /items}
            httpResponse: {body: {items: [{id: 1, name: a}, {id: 2, name: b}]}}
    """

  private static func test(_ expectation: String) -> String {
    """
    defaults: {config: {}}
    tests:
      - name: items
        \(pages)
        expect: \(expectation)
    """
  }

  @Test(arguments: [
    "{records: {items: [{id: 3, name: c}, {id: 1, name: a}, {id: 2, name: b}]}}",
    "{records: {items: {all: [{id: 1, name: a}, {id: 2, name: b}, {id: 3, name: c}], exact_order: true}}}",
    "{records: {items: {contain: [{id: 2}], count: 3}}}",
    "{requests: [GET /items, 'GET https://shop.example.com/items?page=2']}",
    "{requests: {all: [{path: /items, query: {}, headers: {x-shop: main}}, /items?page=2], exact_order: true}}",
    "{requests: {count: 2, contain: [GET /items?page=2]}}",
    "{errors: [], waited: 0}",
    "{messages: [{type: TRACE, trace: {stream_status: {status: STARTED}}}, {type: RECORD, record: {data: {id: 3}}}, {type: STATE}]}",
  ])
  func whatIsAsExpectedPasses(expectation: String) async throws {
    #expect(try await Shop().run(Self.test(expectation)).failures == [[]])
  }

  @Test(arguments: [
    (
      "{records: {items: [{id: 1, name: x}, {id: 2, name: b}, {id: 9, name: z}]}}",
      [
        "The records of items are not those that are expected: 1 of 3 came", "record id=1", #"  name: expected "x", came "a""#,
        #"did not come: {"id":9,"name":"z"}"#, #"not expected: {"id":3,"name":"c"}"#,
      ]
    ),
    ("{records: {items: {count: 4}}}", ["4 records of items are expected, but 3 came"]),
    (
      "{requests: {all: [/items, /items?page=3]}}",
      [
        "The requests are not those that are expected: 1 of 2 were made", "GET https://shop.example.com/items?page=2",
        "  parameter page: expected 3, came 2",
      ]
    ),
    (
      "{state: {items: {at: 1}}}",
      [
        "The state of items is not the one that is expected", "at: expected 1, came nothing",
        "__ab_no_cursor_state_message: expected nothing, came true",
      ]
    ),
    ("{waited: 3}", ["The run is expected to wait 3 s, but waited 0.0 s"]),
    ("{logs: [no such line of the log anywhere]}", ["No line of the log has: no such line of the log anywhere"]),
    ("{errors: [{stream: items}]}", ["The errors are not those that are expected", #"did not come: {"stream":"items"}"#]),
  ])
  func whatIsNotSaysWhatCame(expectation: String, lines: [String]) async throws {
    let found = try await Shop().run(Self.test(expectation)).failures
    #expect(found.count == 1)
    #expect(found.first?.prefix(lines.count).elementsEqual(lines) == true, "\(found)")
  }

  @Test func requestsWithoutAnAnswerFail() async throws {
    let found = try await Shop().run(
      "defaults: {config: {}}\ntests: [{name: a, traffic: [{httpRequest: {path: /x}, httpResponse: {}}]}, {name: b}]")
    #expect(
      found.failures[0].starts(with: ["A request has no answer in the test's traffic", "GET https://shop.example.com/items"]))
    #expect(found.failures[1].joined().contains("The test has no answer to GET https://shop.example.com/items"))
  }

  @Test func waitsTakeNoTime() async throws {
    let found = try await Shop().run(
      """
      defaults: {config: {}}
      tests:
        - name: two waits of half a minute
          traffic:
            - httpRequest: {path: /items}
              httpResponse: {statusCode: 500}
              times: {remainingTimes: 2}
            - httpRequest: {path: /items}
              httpResponse: {body: {items: [{id: 1}]}}
          expect: {waited: 62, requests: {count: 3}}  # As in the reference, a second more each.
      """)
    #expect(found.failures == [[]])
  }

  @Test func secretsAreNotShown() async throws {
    let found = try await Shop().run(
      """
      tests:
        - name: a
          config: {key: open-sesame, shop: open-sesame}
          traffic: [{httpRequest: {path: /items}, httpResponse: {body: {items: []}}}]
          expect: {requests: [{path: /items, headers: {X-Shop: other}}]}
      """)
    let text = found.failures.joined().joined(separator: "\n")
    #expect(text.contains("header X-Shop: expected other, came ****"))
    #expect(!text.contains("sesame"))
  }

  @Test func wrongExpectationsOfMockServerHaveTheirPlace() async throws {
    let found = try await Shop().run(
      """
      tests:
        - name: a
          traffic:
            - httpRequest: {pth: /items}
              httpResponse: {}
      """)
    #expect(found.failures == [["An `httpRequest` has `pth`, which this mock does not know"]])
    #expect(found.suite.cases[0].failures[0].mark?.description == "tests.yaml:4:28")
  }

  @Test func checksAndSpecificationsAreTestedToo() async throws {
    let found = try await Shop().run(
      """
      defaults: {config: {}}
      tests:
        - name: check
          command: check
          traffic: [{httpRequest: {path: /items}, httpResponse: {statusCode: 403}}]
          expect: {status: failed, message: "403"}
        - name: spec
          command: spec
          expect: {spec: {connectionSpecification: {properties: {key: {airbyte_secret: true}}}}}
        - name: catalog
          command: discover
          expect: {catalog: {items: {name: items}, others: {}}}
        - name: skipped
          skip: later
      """)
    #expect(found.failures == [[], [], ["The catalog is not the one that is expected", "not listed: others"], []])
    #expect(found.suite.cases.map(\.isSkipped) == [false, false, false, true])
  }
}
