import ConnectorModel
import Engine
import JSON
import Manifest
import Testing

@testable import Authoring

/// Reads on a virtual clock.
@Suite(.timeLimit(.minutes(15))) struct SimulationTests {
  private static func report(
    _ streams: [String], of manifest: String = ShopManifest.text, comparesAlternatives: Bool = false,
    _ change: (inout SimulationSettings) -> Void = { _ in }
  ) async throws -> SimulationReport {
    var settings = SimulationSettings()
    settings.latency = 80_000
    change(&settings)
    var input = ConnectorInput()
    input.config = try JSONValue(parsing: ShopManifest.config).object ?? [:]
    let simulation = Simulation(
      .text(Array(manifest.utf8), name: "manifest.yaml"), input, settings, start: ShopManifest.now, environment: [:])
    return try await simulation.run(StreamSelection(names: streams), comparesAlternatives: comparesAlternatives)
  }

  /// 10 000 records, 100 a page; the last page is full, so that an empty one tells the end.
  @Test func pagesComeOneAfterAnother() async throws {
    let report = try await Self.report(["users"])
    let users = try #require(report.streams.first)
    #expect((users.records, users.slices, users.pages, users.requests) == (10_000, 1, 101, 101))
    #expect(users.duration == 101 * 80_000)
    #expect(users.bound == .pages)
    #expect(report.duration == users.duration)
  }

  /// Four windows, two at a time as the manifest says nothing else.
  @Test func windowsShareTheirPlaces() async throws {
    let report = try await Self.report(["orders"]) { $0.records = 40 }
    let orders = try #require(report.streams.first)
    #expect((orders.records, orders.slices, orders.requests) == (40, 4, 4))
    #expect(orders.duration == 2 * 80_000)
    #expect(orders.bound == .concurrency)
    #expect(report.concurrency == 2)
  }

  /// 300 users make 300 partitions.
  @Test func parentsMakePartitions() async throws {
    let report = try await Self.report(["posts"]) { settings in
      settings.recordsOfStreams = ["users": 300, "posts": 600]
    }
    let posts = try #require(report.streams.first)
    #expect((posts.records, posts.slices, posts.requests, posts.parentRequests) == (600, 300, 300, 4))
    #expect(posts.failure == nil)
    #expect(posts.bound == .concurrency)
  }

  private static func budget(_ policy: String) -> String {
    ShopManifest.text.replacing("streams:\n", with: "api_budget: {type: HTTPAPIBudget, policies: [\(policy)]}\nstreams:\n")
  }

  @Test(arguments: [
    // 10 calls at once, and 10 more each 10 seconds: the 101st comes after 100 seconds.
    ("{type: MovingWindowCallRatePolicy, rates: [{type: Rate, limit: 10, interval: PT10S}], matchers: []}", 100.0...101.0),
    // What the real API says of its windows, the simulated one says as well.
    ("{type: FixedWindowCallRatePolicy, call_limit: 10, period: PT10S, matchers: []}", 100.0...111.0),
    ("{type: UnlimitedCallRatePolicy, matchers: []}", 8.0...8.1),
  ])
  func callRatesBound(policy: String, seconds: ClosedRange<Double>) async throws {
    let report = try await Self.report(["users"], of: Self.budget(policy))
    #expect(seconds.contains(Double(report.duration) / 1_000_000), "\(report.duration)")
    #expect(report.streams.first?.bound == (seconds.lowerBound > 50 ? .callRate : .pages))
  }

  /// A million records are read at once, and the virtual time is what it should be.
  @Test func manyRecordsTakeNoTime() async throws {
    let manifest = ShopManifest.text.replacing("page_size: 100}", with: "page_size: 1000}")
    let report = try await Self.report(["users"], of: manifest) { $0.records = 1_000_000 }
    #expect(report.requests == 1_001)
    #expect(report.duration == 1_001 * 80_000)
  }

  /// Posts are bound by how many are read at a time, or by the call rate where there is one.
  @Test(arguments: [
    ("{type: UnlimitedCallRatePolicy, matchers: []}", [0.45...0.6, 0.45...0.55, 0.95...1.05]),
    (
      "{type: MovingWindowCallRatePolicy, rates: [{type: Rate, limit: 10, interval: PT10S}], matchers: []}",
      [0.9...1.05, 0.9...1.05, 0.0...0.1]
    ),
  ])
  func alternativesTellTheBound(policy: String, shares: [ClosedRange<Double>]) async throws {
    let report = try await Self.report(["posts"], of: Self.budget(policy), comparesAlternatives: true) { settings in
      settings.recordsOfStreams = ["users": 100, "posts": 100]
    }
    try #require(report.alternatives.count == 3)
    for (alternative, share) in zip(report.alternatives, shares) {
      let found = Double(alternative.duration) / Double(report.duration)
      #expect(share.contains(found), "\(alternative)")
    }
  }

  @Test func sameRunsAreTheSame() async throws {
    let reports = [try await Self.report([]) { $0.records = 500 }, try await Self.report([]) { $0.records = 500 }]
    #expect(reports[0].json == reports[1].json)
    let text = reports[0].text { text, _ in text }
    #expect(text.contains("users"))
    #expect(text.contains("`posts` ends last"))
  }

  @Test(
    arguments: [
      ("80ms", 80_000), ("1.5s", 1_500_000), ("2m", 120_000_000), ("PT1M", 60_000_000), ("7", nil), ("-1s", nil), ("s", nil),
      ("P1Y", nil),
    ] as [(String, Int64?)])
  func durations(text: String, microseconds: Int64?) { #expect(DurationText.microseconds(text) == microseconds) }

  @Test(arguments: [
    (0.0804, "80 ms"), (1.04, "1 s"), (59.96, "60 s"), (61, "1 min 1 s"), (3_700, "1 h 1 min"), (90_000, "1 d 1 h"), (-5, "0 ms"),
    (.nan, "0 ms"), (.infinity, "0 ms"), (1e300, "11574074 d 1 h"),
  ])
  func spans(seconds: Double, text: String) { #expect(RequestReport.seconds(seconds) == text) }

  @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1 000"), (10_000_123, "10 000 123")])
  func numbers(number: Int, text: String) { #expect(SimulationReport.number(number) == text) }
}
