import ConformanceCases
import JSON
import Testing

@Suite("Conformance with the reference")
struct ConformanceTests {
  @Test("There are cases, each with a recording")
  func recorded() throws {
    let cases = try ConformanceCase.loaded.get()
    #expect(cases.count > 2_000)
    #expect(Set(cases.map(\.name)).count == cases.count)
    for tested in cases { #expect(tested.commands.allSatisfy { tested.recorded[$0] != nil }, "\(tested.name)") }
  }

  @Test("Does as the reference", arguments: ConformanceCase.all.filter { $0.components == nil })
  func conforms(_ tested: ConformanceCase) async throws { try await run(tested) }

  @Test(
    "Does as the reference with components in Python", .enabled(if: PythonUnderTest.path != nil, PythonUnderTest.absence),
    arguments: ConformanceCase.all.filter { $0.components != nil })
  func conformsWithComponents(_ tested: ConformanceCase) async throws { try await run(tested) }

  private func run(_ tested: ConformanceCase) async throws {
    let (commands, subject) = (tested.commands, tested.subject)
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
    guard tested.alone.isEmpty else { return #expect(lines.isEmpty, "\(command) of \(tested.name): \(lines)") }
    #expect(
      outcome.uncountedRecords == (try tested.expected(command)).uncountedRecords,
      "\(command) of \(tested.name): other records that no STATE counts, or more counted")
    #expect(lines.isEmpty, "\(command) of \(tested.name):\n\(lines.prefix(40).joined(separator: "\n"))")
  }
}

extension ConformanceCase {
  /// Where what a command did differs from its recording.
  func differences(of outcome: Outcome, _ command: Command) throws -> [String] {
    let expected = try expected(command)
    guard alone.isEmpty else { return LoneFailures(streams: alone).differences(of: outcome, from: expected) }
    let uncounted = expected.uncountedRequests
    return outcome.facts(partitions: partitions, uncounted: uncounted)
      .differences(from: expected.facts(partitions: partitions, uncounted: uncounted))
  }
}
