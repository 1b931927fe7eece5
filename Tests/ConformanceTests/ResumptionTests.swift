import ConformanceCases
import JSON
import Testing

/// What the platform relies on when a sync ends anywhere: what was printed before a STATE line, plus a read that is resumed from it,
/// is the whole read, each record at least once.
@Suite("A read that is resumed from a STATE line loses nothing")
struct ResumptionTests {
  /// What was proved, all together.
  private struct Tally: CustomStringConvertible {
    /// Reads of which a state could be resumed from.
    var reads = 0
    var states = 0
    /// States before the last record.
    var halfway = 0
    /// States of which the API did not know what a resumed read asks.
    var skipped = 0

    static func += (left: inout Tally, right: Tally) {
      left.reads += right.reads
      left.states += right.states
      left.halfway += right.halfway
      left.skipped += right.skipped
    }

    var description: String { "\(reads) reads, \(states) states, \(halfway) halfway, \(skipped) skipped" }
  }

  @Test("From every STATE line of every case whose streams have a state")
  func everyCase() async throws {
    let tally = try await withThrowingTaskGroup(of: Tally.self) { group in
      for tested in ConformanceCase.all where tested.hasStates && !tested.isLong && tested.isRunnable {
        group.addTask { try await resume(tested.subject).tally }
      }
      return try await group.reduce(into: Tally()) { $0 += $1 }
    }
    // Or the test would prove nothing.
    #expect(tally.reads > 120 && tally.states > 280 && tally.halfway > 50, "\(tally)")
    #expect(tally.skipped * 10 < tally.states, "\(tally)")
  }

  @Test("From every STATE line of every kind of cursor, partitions, pages and state together")
  func everyCombination() async throws {
    let reads = GeneratedRead.all
    let tally = try await withThrowingTaskGroup(of: Tally.self) { group in
      for read in reads {
        group.addTask {
          let (records, tally) = try await resume(read.subject)
          let ids = Set(records.compactMap { try? JSONValue(parsing: $0)["data"]?["id"]?.string })
          #expect(read.ids.isSubset(of: ids), "\(read.subject.name)")
          return tally
        }
      }
      return try await group.reduce(into: Tally()) { $0 += $1 }
    }
    #expect(tally.reads == reads.count && tally.skipped == 0, "\(tally)")
    #expect(reads.count > 140 && tally.states > 250 && tally.halfway > 120, "\(tally)")
  }

  /// Reads, and goes on from each STATE line.
  /// - Returns: the records of the whole read.
  private func resume(_ subject: ReadSubject) async throws -> (records: Set<String>, tally: Tally) {
    var tally = Tally()
    let whole = try await ScriptedAPI.serving(subject.api) { api in
      let first = try await subject.run(.read, state: subject.state, on: api)
      var whole = records(first.lines[...])
      // What a failed read lacks, a second one has, where the API has recovered by then.
      if first.exit != 0 { whole.formUnion(records(try await subject.run(.read, state: subject.state, on: api).lines[...])) }
      let unknown = api.takeUnanswered()
      var states = LastStates(before: try subject.state.map { try JSONValue(parsing: $0) })
      for (place, line) in first.lines.enumerated() where line.hasPrefix(#"{"type":"STATE""#) {
        states.add(line)
        let resumed = try await subject.run(.resume, state: states.json.jsonText, on: api)
        guard api.takeUnanswered().isSubset(of: unknown) else {
          tally.skipped += 1
          continue
        }
        let missing = whole.subtracting(records(first.lines[...place]))
        tally.states += 1
        if !missing.isEmpty { tally.halfway += 1 }
        let lost = missing.subtracting(records(resumed.lines[...])).sorted()
        #expect(lost.isEmpty, "\(subject.name): lost after line \(place + 1), \(states.json.jsonText): \(lost.prefix(3))")
      }
      return whole
    }
    if tally.states > 0 { tally.reads = 1 }
    return (whole, tally)
  }

  /// The records of lines, each by its stream and its data.
  private func records(_ lines: ArraySlice<String>) -> Set<String> {
    Set(
      lines.compactMap { line in
        guard case .record(_, let record)? = (try? JSONValue(parsing: line)).map(Message.init) else { return nil }
        return record.canonicalText
      })
  }
}

extension ConformanceCase {
  /// Whether the read makes so many requests that reading again and again takes too long.
  fileprivate var isLong: Bool { recorded[.read]?.requests.contains { $0["times"]?.int ?? 1 > 1_000 } ?? false }

  /// Whether the reference said of a stream more than that it was read: one without a cursor begins anew.
  fileprivate var hasStates: Bool {
    recorded[.read]?.messages.contains {
      $0.hasPrefix(#"{"type":"STATE""#) && !$0.contains(#""__ab_no_cursor_state_message":true"#)
    } ?? false
  }
}
