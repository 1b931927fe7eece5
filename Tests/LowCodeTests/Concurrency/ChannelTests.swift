import Concurrency
import Synchronization
import Testing

/// Elements go from hand to hand, each once, and nobody waits for what does not come.
@Suite struct ChannelTests {
  private struct Failure: Error, Equatable {}

  /// How often each number came.
  private final class Counts: Sendable {
    let times: Mutex<[Int]>

    init(_ count: Int) { times = Mutex(Array(repeating: 0, count: count)) }

    func count(_ number: Int) { times.withLock { $0[number] += 1 } }
  }

  @Test func elementsComeInTheOrderInWhichTheyAreSent() async {
    let channel = Channel<Int, Never>()
    let sender = Task {
      for number in 0..<100 { await channel.send(number) }
      channel.finish()
    }
    var received: [Int] = []
    for await number in channel { received.append(number) }
    await sender.value
    #expect(received == Array(0..<100))
  }

  @Test func whoSendsWaitsUntilTheElementIsTaken() async {
    let channel = Channel<Int, Never>()
    let sent = Mutex(0)
    let sender = Task {
      for number in 0..<3 {
        await channel.send(number)
        sent.withLock { $0 += 1 }
      }
      channel.finish()
    }
    var taken = 0
    for await _ in channel {
      // All that are taken but this one were surely sent, and none beyond it.
      #expect(sent.withLock { $0 } <= taken + 1)
      taken += 1
    }
    await sender.value
    #expect(sent.withLock { $0 } == 3)
  }

  @Test func everyElementIsTakenOnceByOneOfManyReceivers() async {
    let channel = Channel<Int, Never>()
    let (senders, each) = (8, 500)
    let counts = Counts(senders * each)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<5 {
        group.addTask { for await number in channel { counts.count(number) } }
      }
      await withTaskGroup(of: Void.self) { sending in
        for sender in 0..<senders {
          sending.addTask { for number in 0..<each { await channel.send(sender * each + number) } }
        }
      }
      channel.finish()
    }
    #expect(counts.times.withLock { $0.allSatisfy { $0 == 1 } })
  }

  @Test func theEndSetsFreeWhoWaits() async {
    let channel = Channel<Int, Never>()
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<4 { group.addTask { await channel.send(number) } }
      channel.finish()
    }
    // What nobody took is dropped, and what is sent later is taken by nobody.
    await channel.send(5)
    var iterator = channel.makeAsyncIterator()
    #expect(await iterator.next() == nil)
    let other = Channel<Int, Never>()
    async let nothing = Self.first(of: other)
    async let neither = Self.first(of: other)
    other.finish()
    #expect(await [nothing, neither] == [nil, nil])
  }

  @Test func aFailureReachesOneReceiver() async throws {
    let channel = Channel<Int, Failure>()
    channel.fail(Failure())
    channel.fail(Failure())
    var iterator = channel.makeAsyncIterator()
    await #expect(throws: Failure()) { try await iterator.next() }
    #expect(try await iterator.next() == nil)
  }

  @Test func aCancelledReceiverGetsNothingAndTakesNothing() async {
    let channel = Channel<Int, Never>()
    let receiver = Task { await Self.first(of: channel) }
    receiver.cancel()
    #expect(await receiver.value == nil)
    let sender = Task { await channel.send(1) }
    #expect(await Self.first(of: channel) == 1)
    await sender.value
  }

  @Test func theElementOfACancelledSenderIsDropped() async {
    let channel = Channel<Int, Never>()
    let sender = Task { await channel.send(1) }
    sender.cancel()
    await sender.value
    let other = Task { await channel.send(2) }
    #expect(await Self.first(of: channel) == 2)
    await other.value
  }

  private static func first(of channel: Channel<Int, Never>) async -> Int? {
    var iterator = channel.makeAsyncIterator()
    return await iterator.next()
  }
}
