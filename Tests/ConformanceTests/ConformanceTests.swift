import ConformanceCases
import HTTP
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
  func conforms(_ tested: ConformanceCase) async throws { try await expect(tested, over: .standard) }

  @Test(
    "Does as the reference with components in Python", .enabled(if: PythonUnderTest.path != nil, PythonUnderTest.absence),
    arguments: ConformanceCase.all.filter { $0.components != nil })
  func conformsWithComponents(_ tested: ConformanceCase) async throws { try await expect(tested, over: .standard) }

  @Test("Does as the reference over the other transport", arguments: ConformanceCase.all.filter { $0.components == nil })
  func conformsOverTheOtherTransport(_ tested: ConformanceCase) async throws {
    for kind in TransportKind.allCases where kind != .standard {
      #if canImport(FoundationNetworking)
        if Self.wronglyEncoded.contains(tested.name) {
          await withKnownIssue(isIntermittent: true) { try await expect(tested, over: kind) }
          continue
        }
      #endif
      try await expect(tested, over: kind)
    }
  }

  /// What `URLSession` on Linux does not read, because libcurl beneath it is stricter about content encodings: see
  /// docs/transports.md.
  private static let wronglyEncoded: Set<String> = [
    "decoding/gzip-content-encoding-lie", "decoding/zip-content-encoding", "lies/encoding-brotli-plain", "lies/encoding-charset",
    "lies/encoding-unknown", "lies/gzip-and-garbage", "lies/gzip-members",
  ]

  private func expect(_ tested: ConformanceCase, over transport: TransportKind) async throws {
    let commands = tested.commands
    var subject = tested.subject
    subject.transport = transport
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
