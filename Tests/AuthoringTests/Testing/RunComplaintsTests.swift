import Testing

@testable import Authoring

/// How what a run says of its failure is put together.
@Suite struct RunComplaintsTests {
  private static func complaints(_ sentences: (String?, String)...) -> RunComplaints {
    RunComplaints(sentences.map { (stream: $0.0, text: $0.1) })
  }

  @Test func aSentenceIsShownOnceWithItsStreams() {
    let complaints = Self.complaints(("b", "no"), ("a", "no"), ("b", "no"), ("a", "other"), (nil, "whole"), (nil, "whole"))
    #expect(complaints.shown == ["no (2 streams: a, b; 3 times)", "a: other", "whole (2 times)"])
    #expect(complaints.all == ["a: no", "b: no", "a: other", "whole"])
  }

  @Test func theOrderOfStreamsIsNoDifference() {
    #expect(Self.complaints(("b", "no"), ("a", "no")) == Self.complaints(("a", "no"), ("b", "no")))
  }

  @Test func manyStreamsAreCounted() {
    let complaints = RunComplaints((1...8).map { (stream: "s\($0)", text: "no") })
    #expect(complaints.shown == ["no (8 streams: s1, s2, s3, s4, s5 and 3 more)"])
    #expect(complaints.all.count == 8)
  }

  @Test func streamsThatLookTheSameAreTwo() {
    #expect(Self.complaints(("\u{E9}", "no"), ("e\u{301}", "no")).all.count == 2)
  }

  @Test func programsAreToldEverything() {
    let many = RunComplaints((1...15).map { (stream: nil, text: "\($0)") }) + ["not answered: GET x"]
    #expect(many.all.count == 16)
    #expect(many.shown.suffix(2) == ["and 5 more", "not answered: GET x"])
    let failure = TestFailure("It fails", at: nil, many)
    #expect(failure.details.count == 16 && failure.shownDetails.count == 12)
  }
}
