import JSON
import Testing

@Suite("Conformance with the reference", .serialized)
struct ConformanceTests {
  @Test("There are cases, each with a recording")
  func recorded() throws {
    try #require(!ConformanceCase.all.isEmpty)
    for conformanceCase in ConformanceCase.all {
      for command in try conformanceCase.commands() {
        #expect(throws: Never.self, "\(conformanceCase.name)") { try conformanceCase.expected(command) }
      }
    }
  }

  @Test("Does as the reference", arguments: ConformanceCase.all)
  func conforms(_ tested: ConformanceCase) async throws {
    let (commands, subject) = (try tested.commands(), try tested.subject)
    for command in commands where command != .resume {
      try await ScriptedAPI.serving(subject.api) { api in
        let outcome = try await subject.run(command, state: subject.state, on: api)
        try expect(outcome, of: command, tested)
        guard command == .read, commands.contains(.resume) else { return }
        let states = LastStates(outcome.lines).json
        try expect(try await subject.run(.resume, state: states.jsonText, on: api), of: .resume, tested)
      }
    }
  }

  private func expect(_ outcome: Outcome, of command: Command, _ tested: ConformanceCase) throws {
    let lines = try tested.differences(of: outcome, command)
    #expect(
      outcome.uncountedRecords == (try tested.expected(command)).uncountedRecords,
      "\(command) of \(tested.name): other records that no STATE counts, or more counted")
    #expect(lines.isEmpty, "\(command) of \(tested.name):\n\(lines.prefix(40).joined(separator: "\n"))")
  }
}

extension ConformanceCase {
  /// Where what a command did differs from its recording.
  func differences(of outcome: Outcome, _ command: Command) throws -> [String] {
    let (expected, partitions) = (try expected(command), try partitions())
    let uncounted = expected.uncountedRequests
    return outcome.facts(partitions: partitions, uncounted: uncounted)
      .differences(from: expected.facts(partitions: partitions, uncounted: uncounted))
  }
}
