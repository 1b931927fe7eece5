import Foundation
import Testing

@testable import ConnectorModel
@testable import HTTP

/// How long an exchange may take: what is done at which second of it.
@Suite struct ExchangeDeadlinesTests {
  enum Event: Sendable { case heard, head, accepted, paused, resumed }

  /// What each verdict says at its second, after the events until then.
  private func verdicts(_ events: [(at: Double, event: Event)], at seconds: [Double]) -> [String] {
    var request = HTTPRequest(method: "GET", url: "http://a.test/")
    (request.connectTimeout, request.readTimeout) = (10, 30)
    var limits = TransferLimits()
    limits.headSeconds = 100
    func time(_ seconds: Double) -> UInt64 { 1_000_000_000_000 + UInt64(seconds * 1e9) }
    var deadlines = ExchangeDeadlines(of: request, limits: limits, start: time(0))
    var rest = events[...]
    return seconds.map { second in
      while let next = rest.first, next.at <= second {
        switch next.event {
        case .heard: deadlines.heard(at: time(next.at))
        case .head: deadlines.receivedHead()
        case .accepted: deadlines.accepted()
        case .paused: deadlines.isPaused = true
        case .resumed: deadlines.isPaused = false
        }
        rest.removeFirst()
      }
      return switch deadlines.verdict(at: time(second)) {
      case .wait(let end): "until \(Int((end - time(0)) / 1_000_000_000))"
      case .probe: "probe"
      case .giveUp(let reason): "\(reason)"
      }
    }
  }

  @Test func aHostThatAcceptsNothingIsGivenUp() {
    #expect(verdicts([], at: [0, 4, 5, 5, 9, 10]) == ["until 5", "until 5", "probe", "until 10", "until 10", "connecting"])
  }

  @Test func aHostThatAcceptsIsOnlySlow() {
    #expect(verdicts([(6, .accepted)], at: [5, 6, 10, 30]) == ["probe", "until 30", "until 30", "silence"])
    #expect(verdicts([(1, .heard)], at: [5, 10, 31]) == ["until 31", "until 31", "silence"])
  }

  @Test func aHeadMustEnd() {
    let drops = stride(from: 0.0, to: 120, by: 10).map { (at: $0, event: Event.heard) }
    #expect(verdicts(drops, at: [50, 99, 100]) == ["until 80", "until 100", "head"])
    #expect(verdicts([(5, .head)] + drops.dropFirst(), at: [100, 130]) == ["until 130", "until 140"])
  }

  @Test func whatItsReaderKeepsWaitingIsNotSilent() {
    #expect(
      verdicts([(1, .heard), (1, .head), (2, .paused), (200, .resumed)], at: [40, 199, 210, 230])
        == ["until 70", "until 229", "until 229", "silence"])
  }

  @Test("What a slow reader leaves comes in its order", arguments: [10, 100_000])
  func parts(size: Int) throws {
    var parts = ReceivedParts()
    var expected = Data()
    var read = Data()
    for number in 0..<60 {
      let part = Data(repeating: UInt8(number), count: size)
      try parts.append(part)
      expected.append(part)
      if number % 3 == 0, let part = try parts.next() { read.append(part) }
    }
    while let part = try parts.next() { read.append(part) }
    #expect(read == expected)
    #expect(parts.isEmpty)
    try parts.append(Data([1]))
    #expect(try parts.next() == Data([1]))
  }
}
