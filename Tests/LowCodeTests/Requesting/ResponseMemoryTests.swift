import Testing

@testable import ConnectorModel

/// Which bodies may grow, in a memory of 100 bytes.
@Suite struct ResponseMemoryTests {
  private final class Name: Sendable {}
  private let a = Name()
  private let b = Name()
  private let page = Name()
  private let other = Name()

  private func claim(_ owner: Name, by holder: Name? = nil, _ growth: Int) -> ResponseMemory.Claim {
    .init(owner: ObjectIdentifier(owner), holder: holder.map { ObjectIdentifier($0) }, growth: growth)
  }

  @Test func aQuarterIsForAll() {
    var rule = ResponseMemory.Rule(total: 100)
    let admitted = [rule.admit(claim(a, 10)), rule.admit(claim(b, 10))]
    #expect(admitted == [true, true])
    #expect(rule.first == nil)
    #expect(rule.used == 20)
  }

  @Test func beyondItOneGrowsAlone() {
    var rule = ResponseMemory.Rule(total: 100)
    let admitted = [rule.admit(claim(a, 10)), rule.admit(claim(b, 20)), rule.admit(claim(a, 1))]
    #expect(admitted == [true, true, false])
    #expect(!rule.isHopeless(claim(a, 1)))
    let later = [rule.admit(claim(b, 70)), rule.admit(claim(b, 1))]
    #expect(later == [true, false])
    #expect(rule.isHopeless(claim(b, 1)))
  }

  @Test func pagesOfOthersAreWaitedFor() {
    var rule = ResponseMemory.Rule(total: 100)
    rule.used = 80
    rule.held = [ObjectIdentifier(page): 80]
    let isAdmitted = rule.admit(claim(a, by: other, 30))
    #expect(!isAdmitted)
    #expect(!rule.isHopeless(claim(a, by: other, 30)))
    // The own ones are not given back before, and neither are those of one who waits as well.
    #expect(rule.isHopeless(claim(a, by: page, 30)))
    rule.growing[ObjectIdentifier(b)] = ObjectIdentifier(page)
    #expect(rule.isHopeless(claim(a, by: other, 30)))
  }
}
