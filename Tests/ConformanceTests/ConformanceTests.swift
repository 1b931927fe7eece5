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

  /// Compares what a command did with its recording.
  private func expect(_ outcome: Outcome, of command: Command, _ tested: ConformanceCase) throws {
    let expected = try tested.expected(command)
    let partitions = try tested.partitions()
    let uncounted = expected.uncountedRequests
    let lines = outcome.facts(partitions: partitions, uncounted: uncounted)
      .differences(from: expected.facts(partitions: partitions, uncounted: uncounted))
    #expect(lines.isEmpty, "\(command) of \(tested.name):\n\(lines.prefix(40).joined(separator: "\n"))")
  }
}
