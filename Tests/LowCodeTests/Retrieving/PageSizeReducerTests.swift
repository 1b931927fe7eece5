import JSON
import Testing

@testable import Components
@testable import ConnectorModel

@Suite struct PageSizeReducerTests {
  /// What happens to a reducer: `refused` with the wait and the size that follow, or nil where it gives up; `read` for a page.
  enum Event: Sendable {
    case refused(wait: Double, size: Int)
    case gaveUp(String)
    case read(size: Int?)
  }

  @Test(
    arguments: [
      (
        #"{"type": "PageSizeReduction"}"#, 7,
        [.refused(wait: 0.5, size: 3), .refused(wait: 1, size: 1), .gaveUp("transient_error")]
      ),
      (
        #"{"type": "PageSizeReduction", "reduction_factor": 1.5, "backoff_seconds": 2}"#, 10,
        [.refused(wait: 2, size: 6), .refused(wait: 4, size: 4), .read(size: 4), .refused(wait: 2, size: 2)]
      ),
      (
        #"{"type": "PageSizeReduction", "reset_policy": "AFTER_SUCCESSFUL_PAGE"}"#, 8,
        [.refused(wait: 0.5, size: 4), .read(size: nil), .refused(wait: 0.5, size: 4)]
      ),
      (
        #"{"type": "PageSizeReduction", "max_attempts": 1}"#, 8,
        [.refused(wait: 0.5, size: 4), .read(size: 4), .refused(wait: 0.5, size: 2), .gaveUp("transient_error")]
      ),
      (
        #"{"type": "PageSizeReduction", "minimum_page_size": 5, "retries_at_minimum_page_size": 2}"#, 6,
        [
          .refused(wait: 0.5, size: 5), .refused(wait: 0.5, size: 5), .refused(wait: 1, size: 5), .gaveUp("transient_error"),
        ]
      ),
      (#"{"type": "PageSizeReduction", "minimum_page_size": 6}"#, 6, [.gaveUp("config_error")]),
      (#"{"type": "PageSizeReduction"}"#, nil, [.gaveUp("config_error")]),
    ] as [(String, Int?, [Event])])
  func pagesShrink(rules: String, configured: Int?, events: [Event]) throws {
    let world = TestWorld([])
    let scope = BuildScope(config: [:], runtime: world.runtime, registry: .standard)
    var reducer = PageSizeReducer(try scope.build(world.node(rules)), configured: configured, streamName: "items")
    for event in events {
      switch event {
      case .refused(let wait, let size):
        #expect(try reducer.reduce("too large") == wait)
        #expect(reducer.size == size)
      case .read(let size):
        reducer.pageSucceeded()
        #expect(reducer.size == size)
      case .gaveUp(let failure):
        let error = #expect(throws: ConnectorError.self) { _ = try reducer.reduce("too large") }
        #expect(error?.failureType.rawValue == failure)
      }
    }
  }

  @Test(arguments: [
    #"{"type": "PageSizeReduction", "reduction_factor": 1}"#, #"{"type": "PageSizeReduction", "minimum_page_size": 0}"#,
    #"{"type": "PageSizeReduction", "max_attempts": 0}"#, #"{"type": "PageSizeReduction", "backoff_seconds": -1}"#,
    #"{"type": "PageSizeReduction", "retries_at_minimum_page_size": -1}"#,
  ])
  func rulesThatCannotWorkAreRefused(rules: String) {
    let world = TestWorld([])
    let scope = BuildScope(config: [:], runtime: world.runtime, registry: .standard)
    #expect(throws: ConnectorError.self) { try scope.build(world.node(rules), as: PageSizeReduction.self) }
  }

  /// The reason is what the API said, for the manifest's author.
  @Test(arguments: [
    (#"{"type": "PageSizeReduction"}"#, 1, "The API refuses pages of stream `items` even at the smallest size, 1"),
    (
      #"{"type": "PageSizeReduction", "max_attempts": 1}"#, 8,
      "The API refused every page size that stream `items` asked for, down to 4"
    ),
  ])
  func theReasonIsKept(rules: String, configured: Int, message: String) throws {
    let world = TestWorld([])
    let scope = BuildScope(config: [:], runtime: world.runtime, registry: .standard)
    var reducer = PageSizeReducer(try scope.build(world.node(rules)), configured: configured, streamName: "items")
    var failure: ConnectorError?
    for _ in 0..<4 where failure == nil {
      do { _ = try reducer.reduce("too large, says the API") } catch { failure = error as? ConnectorError }
    }
    #expect(failure?.message.hasPrefix(message) == true, "\(failure?.message ?? "")")
    #expect("\(failure?.message ?? "")\(failure?.internalMessage ?? "")".contains("too large, says the API"))
  }
}
