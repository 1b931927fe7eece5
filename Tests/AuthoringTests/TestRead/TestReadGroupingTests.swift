import JSON
import Testing

@testable import Authoring

/// How a test read's steps become slices and pages.
@Suite struct TestReadGroupingTests {
  private enum Step {
    case slice(String)
    case page(String)
    case records([Int])
    case state(Int)
    case job(String)
  }

  private static func exchange(_ url: String) -> TestRead.Exchange {
    TestRead.Exchange(
      request: TestRead.Request(method: "GET", url: url, headers: [], body: nil),
      response: TestRead.Response(status: 200, headers: [], body: ""))
  }

  /// The slices in short: `descriptor[url:records …]state jobs`.
  private static func outcome(_ steps: [Step]) -> [String] {
    var grouping = TestReadGrouping()
    for step in steps {
      switch step {
      case .slice(let name): grouping.begin(["name": .string(name)])
      case .page(let url): grouping.add(exchange(url))
      case .records(let ids): grouping.add(ids.map { ["id": .int($0)] })
      case .state(let number): grouping.keep(["at": .int(number)])
      case .job(let url):
        let purpose = RequestPurpose.Auxiliary(kind: .jobPolling, title: "", description: "")
        grouping.add(ofJob: TestRead.AuxiliaryRequest(purpose: purpose, exchange: exchange(url)))
      }
    }
    grouping.finish()
    return grouping.slices.map { slice in
      let pages = slice.pages.map { page in
        let ids = page.records.compactMap { $0["id"]?.int.map(String.init) }.joined(separator: ",")
        return "\(page.exchange?.request.url ?? "-"):\(ids)"
      }
      let jobs = slice.jobRequests.map { " \($0.exchange.request.url)" }.joined()
      return "\(slice.descriptor["name"]?.string ?? "")[\(pages.joined(separator: " "))]"
        + "\(slice.state?["at"]?.int.map(String.init) ?? "")\(jobs)"
    }
  }

  @Test func nothingGivesNothing() { #expect(Self.outcome([]).isEmpty) }

  @Test func pagesBelongToTheirSlice() {
    #expect(
      Self.outcome([
        .slice("a"), .page("1"), .records([1, 2]), .page("2"), .records([3]), .state(7), .slice("b"), .page("3"), .state(8),
      ]) == ["a[1:1,2 2:3]7", "b[3:]8"])
  }

  @Test func theLastStateStaysUntilThereIsAnother() {
    #expect(
      Self.outcome([.slice("a"), .page("1"), .state(1), .slice("b"), .page("2"), .slice("c"), .page("3"), .state(3), .state(4)])
        == ["a[1:]1", "b[2:]1", "c[3:]4"])
  }

  @Test func aSliceWithoutPagesIsLeftOut() {
    #expect(Self.outcome([.slice("a"), .slice("b"), .page("1"), .slice("c"), .state(1)]) == ["b[1:]"])
  }

  @Test func recordsThatNothingWasAskedForHaveAPage() {
    #expect(Self.outcome([.slice("a"), .records([1]), .slice("b"), .records([2])]) == ["b[-:1,2]"])
  }

  @Test func jobsAreShownWithTheSlicesThatComeAfterThem() {
    #expect(
      Self.outcome([.slice("a"), .page("1"), .job("x"), .slice("b"), .page("2"), .job("y"), .slice("c"), .page("3")])
        == ["a[1:] x y", "b[2:] x y", "c[3:] x y"])
    #expect(
      Self.outcome([.slice("a"), .page("1"), .slice("b"), .job("x"), .page("2")]) == ["a[1:]", "b[2:] x"])
  }

  @Test(arguments: [(0, 0, 0, false), (2, 1, 1, true), (1, 3, 1, true), (1, 1, 9, true), (1, 2, 3, false)])
  func limits(slices: Int, pages: Int, records: Int, isLimited: Bool) {
    var limits = TestRead.Limits()
    (limits.slices, limits.pages, limits.records) = (2, 3, 9)
    var result = TestRead(stream: "s", limits: limits)
    let page = TestRead.Page(exchange: nil, records: [])
    result.slices = (0..<slices).map { _ in
      TestRead.Slice(descriptor: [:], pages: (0..<pages).map { _ in page }, state: nil)
    }
    if slices > 0 { result.slices[0].pages[0].records = (0..<records).map { ["id": .int($0)] } }
    #expect(result.isLimited == isLimited)
  }
}
