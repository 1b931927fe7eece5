import Testing

@testable import Authoring

/// How `--update` writes what was seen.
@Suite struct UpdateTests {
  @Test func whatIsRightStaysAsItIsWritten() async throws {
    let text = """
      # Items of the shop.
      defaults:
        config: {}   # none
        traffic:
          - httpRequest: {path: /items}
            httpResponse: {body: {items: [{id: 1, name: a}]}}

      tests:
        - name: items
          expect:
            requests: ["GET /items"]   # one page
            records:
              items:
                # The first.
                - id: 1
                  name: b  # its name
                - {id: 2, name: c}
              # No others.
        - name: "others"
          expect: {records: {items: [{id: 7}]}, requests: [/items]}
      """
    #expect(
      try await Shop().updated(text) == """
        # Items of the shop.
        defaults:
          config: {}   # none
          traffic:
            - httpRequest: {path: /items}
              httpResponse: {body: {items: [{id: 1, name: a}]}}

        tests:
          - name: items
            expect:
              requests: ["GET /items"]   # one page
              records:
                items:
                  # The first.
                  - id: 1
                    name: a  # its name
                # No others.
          - name: "others"
            expect: {records: {items: [{id: 1, name: a}]}, requests: [/items]}
        """)
  }

  @Test func whatIsMissingIsAdded() async throws {
    let text = """
      defaults:
        config: {}
        traffic: [{httpRequest: {path: /items}, httpResponse: {body: {items: [{id: 1, name: "a: b"}]}}}]
      tests:
        - name: items
          streams: [items]
        - {name: again, expect: {records: {items: []}}}

      """
    let updated = try await Shop().updated(text)
    #expect(
      updated == """
        defaults:
          config: {}
          traffic: [{httpRequest: {path: /items}, httpResponse: {body: {items: [{id: 1, name: "a: b"}]}}}]
        tests:
          - name: items
            streams: [items]
            expect:
              requests:
                - GET https://shop.example.com/items
              records:
                items:
                  - {id: 1, name: "a: b"}
          - {name: again, expect: {records: {items: [{id: 1, name: "a: b"}]}}}

        """)
    // Then nothing is left to change.
    #expect(try await Shop().updated(updated) == updated)
  }

  @Test func partsStayParts() async throws {
    let text = """
      defaults:
        config: {}
        traffic: [{httpRequest: {path: /items}, httpResponse: {body: {items: [{id: 1, name: a, size: 9}]}}}]
      tests:
        - name: items
          expect:
            records:
              items:
                contain:
                  - {id: 1, name: x}
                count: 3
            requests: {count: 1}

      """
    #expect(
      try await Shop().updated(text)
        == text.replacing("{id: 1, name: x}", with: "{id: 1, name: a}").replacing("count: 3", with: "count: 1"))
  }

  @Test func whatIsEmptyIsFilled() async throws {
    let text = """
      tests:
        - name: check
          command: check
          config: {}
          traffic: mock
          expect:
          # No more.

      """
    #expect(
      try await Shop().updated(text)
        == text.replacing(
          "    expect:\n",
          with: "    expect:\n      status: succeed\n      requests:\n        - GET https://shop.example.com/items\n"))
  }

  @Test func linesEndAsTheyDid() async throws {
    let text = "tests:\r\n  - name: a\r\n    command: check\r\n    config: {}\r\n    traffic: mock\r\n"
    #expect(
      try await Shop().updated(text)
        == text + "    expect:\r\n      status: succeed\r\n      requests:\r\n        - GET https://shop.example.com/items\r\n")
  }

  @Test func valuesCanBeShared() async throws {
    let text = "x-a: &a mock\ntests:\n  - {name: a, config: {}, traffic: *a}\n"
    #expect(try await Shop().run(text).failures == [[]])
  }

  @Test func beginningsPass() async throws {
    let shop = try Shop()
    let text = try await shop.updated(TestFileStarter.text(for: shop.connector))
    #expect(try await shop.run(text).failures.allSatisfy(\.isEmpty), "\(text)")
    #expect(text.contains("  - name: the connection works\n    command: check\n    expect:\n"))
  }

  @Test(arguments: [
    ("plain words", "plain words"), ("true", "\"true\""), ("12", "\"12\""), ("a: b", "\"a: b\""), ("", "\"\""), ("a ", "\"a \""),
    ("GET https://a/b?c=1", "GET https://a/b?c=1"), ("null", "\"null\""), ("é", "\"é\""), ("2025-01-01", "\"2025-01-01\""),
  ])
  func textsHaveQuotesWhereTheyNeedThem(text: String, written: String) {
    #expect(YAMLText.scalar(text, isFlow: false) == written)
  }
}
