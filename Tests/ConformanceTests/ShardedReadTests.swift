import AirbyteProtocol
import ConformanceCases
import ConnectorModel
import Engine
import JSON
import Secrets
import Sharding
import Synchronization
import Testing
import Traffic

/// What whoever runs parts on many machines relies on: together they are the whole read, each record once, and their states put together
/// are its state.
@Suite("A read in parts is the whole read")
struct ShardedReadTests {
  /// How many parts a read is divided into, one after the other. Components in Python take a process a part.
  private static func numbersOfParts(_ subject: ReadSubject) -> [Int] { subject.pythonComponents == nil ? [1, 2, 3, 7] : [3] }

  /// What was proved, all together.
  private struct Tally: CustomStringConvertible {
    /// Reads that were divided.
    var reads = 0
    var divisions = 0
    /// Divisions of which several parts had something.
    var divided = 0
    var parts = 0
    var records = 0
    /// Divisions of which the API did not know what the parts ask.
    var skipped = 0

    static func += (left: inout Tally, right: Tally) {
      left.reads += right.reads
      left.divisions += right.divisions
      left.divided += right.divided
      left.parts += right.parts
      left.records += right.records
      left.skipped += right.skipped
    }

    var description: String {
      "\(reads) reads, \(divisions) divisions, \(divided) with several parts, \(parts) parts, \(records) records, \(skipped) skipped"
    }
  }

  @Test("Every case in 1, 2, 3 and 7 parts")
  func everyCase() async throws {
    let tally = try await withThrowingTaskGroup(of: Tally.self) { group in
      for tested in ConformanceCase.all where tested.isDivisible && tested.isRunnable {
        group.addTask { try await divide(tested.subject, comparesNextRead: false) }
      }
      return try await group.reduce(into: Tally()) { $0 += $1 }
    }
    #expect(tally.reads > 500 && tally.divided > 300, "\(tally)")
    #expect(tally.skipped * 20 < tally.divisions, "\(tally)")
  }

  @Test("Every kind of cursor, partitions, pages and state together, in 1, 2, 3 and 7 parts")
  func everyCombination() async throws {
    let reads = GeneratedRead.all
    let tally = try await withThrowingTaskGroup(of: Tally.self) { group in
      for read in reads { group.addTask { try await divide(read.subject, comparesNextRead: true) } }
      return try await group.reduce(into: Tally()) { $0 += $1 }
    }
    #expect(tally.reads > 90 && tally.divided > 200 && tally.skipped == 0, "\(tally)")
  }

  @Test("Parts that are killed anywhere and read again lose nothing")
  func interruptions() async throws {
    let reads = GeneratedRead.all
    let states = try await withThrowingTaskGroup(of: Int.self) { group in
      for read in reads { group.addTask { try await interrupt(read.subject) } }
      return try await group.reduce(0, +)
    }
    #expect(states > 300, "\(states) states")
  }

  // MARK: One read

  private func divide(_ subject: ReadSubject, comparesNextRead: Bool) async throws -> Tally {
    var tally = Tally()
    let (whole, unknown) = try await ScriptedAPI.serving(subject.api) { api in
      (try await subject.run(.read, state: subject.state, on: api), api.takeUnanswered())
    }
    // What a failed read leaves depends on how far its streams were.
    guard whole.exit == 0 else { return tally }
    tally.reads = 1
    let records = records(whole.lines)
    let before = try subject.state.map { try JSONValue(parsing: $0) }
    let wholeStates = LastStates(whole.lines, before: before).json
    for count in Self.numbersOfParts(subject) {
      tally.divisions += 1
      try await ScriptedAPI.serving(subject.api) { api in
        let work = try await DividedSubject(subject, parts: count, on: api)
        var outputs: [[String]] = []
        for part in work.parts { outputs.append(try await work.read(part, on: api).lines) }
        guard api.takeUnanswered().isSubset(of: unknown) else {
          tally.skipped += 1
          return
        }
        let name = "\(subject.name) in \(count) parts"
        tally.parts += count
        tally.records += records.count
        if work.parts.filter({ !$0.streams.isEmpty }).count > 1 { tally.divided += 1 }
        let own = self.records(outputs.flatMap(\.self))
        #expect(own == records, "\(name): \(difference(own, records))")
        let (merged, gaps) = try work.merged(outputs)
        #expect(gaps.isEmpty, "\(name): \(gaps)")
        #expect(Self.steady(merged) == Self.steady(wholeStates), "\(name): \(merged.jsonText) instead of \(wholeStates.jsonText)")
        if comparesNextRead, count == 3 {
          let first = try await subject.run(.resume, state: wholeStates.jsonText, on: api)
          let second = try await subject.run(.resume, state: merged.jsonText, on: api)
          #expect(Self.texts(first.requests) == Self.texts(second.requests), "\(name): the next read makes other requests")
        }
      }
    }
    return tally
  }

  /// Reads parts up to each of their states, then the rest of them from there; and leaves out a part.
  private func interrupt(_ subject: ReadSubject) async throws -> Int {
    var states = 0
    try await ScriptedAPI.serving(subject.api) { api in
      var first = try await subject.run(.read, state: subject.state, on: api)
      if first.exit != 0 { first = try await subject.run(.read, state: subject.state, on: api) }
      let whole = Set(records(first.lines))
      let before = try subject.state.map { try JSONValue(parsing: $0) }
      let wholeStates = LastStates(first.lines, before: before).json
      let work = try await DividedSubject(subject, parts: 3, on: api)
      var outputs: [[String]] = []
      for part in work.parts { outputs.append(try await work.read(part, on: api).lines) }
      for (number, output) in outputs.enumerated() {
        for (place, line) in output.enumerated() where line.hasPrefix(#"{"type":"STATE""#) {
          states += 1
          let killed = Array(output[...place])
          let again = try await work.read(work.parts[number], after: killed, on: api)
          let name = "\(subject.name), part \(number) after line \(place + 1)"
          let lost = Set(records(output)).subtracting(records(killed + again.lines))
          #expect(lost.isEmpty, "\(name): lost \(lost.sorted().prefix(3))")
          var attempts = outputs
          attempts[number] = again.lines
          // The attempt that was killed says what it read, in whatever order the outputs come.
          let (merged, gaps) = try work.merged([killed] + attempts)
          #expect(gaps.isEmpty, "\(name): \(gaps)")
          #expect(
            Self.steady(merged) == Self.steady(wholeStates), "\(name): \(merged.jsonText) instead of \(wholeStates.jsonText)")
        }
        // Without a part, the next read reads at least what the part would have read.
        guard !work.parts[number].streams.isEmpty else { continue }
        var others = outputs
        others[number] = []
        let (open, gaps) = try work.merged(others)
        #expect(gaps.map(\.number) == [number], "\(subject.name) without part \(number): \(gaps)")
        var next = try await subject.run(.resume, state: open.jsonText, on: api)
        // What the API refuses once, it has not been asked for until now.
        if next.exit != 0 { next = try await subject.run(.resume, state: open.jsonText, on: api) }
        let skipped = whole.subtracting(records(others.flatMap(\.self) + next.lines))
        #expect(
          skipped.isEmpty, "\(subject.name) without part \(number): skipped \(skipped.sorted().prefix(3)) after \(open.jsonText)")
      }
    }
    return states
  }

  // MARK: Comparing

  /// The records of lines, each by its stream and its data, in order.
  private func records(_ lines: [String]) -> [String] {
    lines.compactMap { line in
      guard case .record(_, let record)? = (try? JSONValue(parsing: line)).map(Message.init) else { return nil }
      return record.canonicalText
    }.sorted()
  }

  private func difference(_ own: [String], _ whole: [String]) -> String {
    let changes = own.difference(from: whole)
    return "\(own.count) instead of \(whole.count) records, such as \(changes.prefix(3))"
  }

  /// A list of states without measured durations, in a fixed order.
  private static func steady(_ states: JSONValue) -> String { Message.steady(states).canonicalText }

  private static func texts(_ requests: [JSONValue]) -> [String] { requests.map(\.canonicalText).sorted() }
}

/// A read that was divided, from what its files hold.
private struct DividedSubject {
  private let subject: ReadSubject
  private let division: Division
  let parts: [ReadPart]

  init(_ subject: ReadSubject, parts count: Int, on api: ScriptedAPI) async throws {
    let divided = Mutex<DividedRead?>(nil)
    var dividing = subject
    let catalog = try subject.catalog.map { try ConfiguredStream.catalog(JSONValue(parsing: $0)) } ?? []
    dividing.reading = { connector, _ in
      let read = try await Divider(connector, .init(parts: count)).divide(catalog)
      divided.withLock { $0 = read }
      return true
    }
    let outcome = try await dividing.run(.read, state: subject.state, on: api)
    let read = try #require(divided.withLock { $0 }, "\(subject.name) is not divided: \(outcome.lines)")
    func roundTrip(_ bytes: [UInt8]) throws -> JSONObject { try #require(try JSONValue(parsing: bytes).object) }
    division = try Division(roundTrip(Array(JSONValue.object(read.division.json).jsonText.utf8)), at: "index.json")
    parts = try (0..<count).map { try ReadPart(roundTrip(read.file(of: $0)), at: "\($0)") }
    self.subject = subject
  }

  /// - Parameter lines: what an earlier attempt printed.
  func read(_ part: ReadPart, after lines: [String] = [], on api: ScriptedAPI) async throws -> Outcome {
    let earlier = try InputState.streams(LastStates(lines).json)
    var reading = subject
    reading.reading = { loaded, writer in
      try part.check(loaded, at: "part")
      let connector = loaded.readingPart(part.catalog, states: try part.states(continuing: earlier))
      return try await connector.readValidated(part.catalog, to: writer) { stream in
        try part.cursor(for: stream, continuing: earlier, at: "part", in: connector.scope.runtime)
      }.isComplete
    }
    return try await reading.run(.read, state: nil, on: api)
  }

  func merged(_ outputs: [[String]]) throws -> (states: JSONValue, gaps: [StateMerge.Gap]) {
    var merge = StateMerge(division)
    for output in outputs {
      for line in output { try merge.add(JSONValue(parsing: line), of: "output") }
      merge.endOutput()
    }
    let runtime = RuntimeEnvironment(
      now: { 0 }, sleep: { _ in }, random: { 0 }, transport: LateTransport(), log: Silence(), secrets: NoSecrets())
    let result = try merge.merged(reading: { parts[$0.number] }, in: runtime)
    return (
      .array(
        result.states.sorted { $0.key < $1.key }.map { name, state in
          ["type": "STREAM", "stream": ["stream_descriptor": ["name": .string(name)], "stream_state": .object(state)]]
        }), result.gaps
    )
  }
}

private struct Silence: Log, RunEvents {
  func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
  func report(_ error: ConnectorError) {}
}

extension ConformanceCase {
  /// Whether it is a read that is over soon.
  fileprivate var isDivisible: Bool {
    guard let read = recorded[.read], read.exit == 0 else { return false }
    return !read.requests.contains { $0["times"]?.int ?? 1 > 1_000 }
  }
}
