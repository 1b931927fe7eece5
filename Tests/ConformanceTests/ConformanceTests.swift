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
  func conforms(_ conformanceCase: ConformanceCase) async throws {
    for command in try conformanceCase.commands() {
      let lines = try await differences(conformanceCase, command, ConnectorUnderTest.runner)
      #expect(lines.isEmpty, "\(command) of \(conformanceCase.name):\n\(lines.prefix(40).joined(separator: "\n"))")
    }
  }

  /// Where a command differs from its recording.
  private func differences(_ tested: ConformanceCase, _ command: Command, _ runner: any CommandRunner) async throws -> [String] {
    let expected = try tested.expected(command)
    let actual = try await ScriptedAPI.serving(try tested.text("api.json")) { api in
      let input = CommandInput(
        command: command,
        manifest: api.localise(try tested.text("manifest.yaml")),
        config: api.localise(try tested.text("config.json")),
        catalog: command == .read ? api.localise(try tested.text("catalog.json")) : nil,
        state: command == .read ? try tested.optionalText("state.json").map(api.localise) : nil,
        folder: tested.folder, sleeps: SleepRecorder(movesClock: try tested.movesClock()))
      let output = try await runner.run(input)
      return Outcome(
        lines: api.restore(output.text).split(separator: "\n").map(String.init), requests: api.requests, exit: output.exit,
        sleeps: input.sleeps.seconds)
    }
    let partitions = try tested.partitions()
    let uncounted = expected.uncountedRequests
    return actual.facts(partitions: partitions, uncounted: uncounted)
      .differences(from: expected.facts(partitions: partitions, uncounted: uncounted))
  }
}
