import JSON
import LowCode
import Testing

@Suite("Each definition of the component schema matters", .serialized)
struct DefinitionTests {
  /// The manifests of all cases, the smallest first: they are the ones that show a definition alone.
  private static let manifests: [(tested: ConformanceCase, text: String)] = ConformanceCase.all
    .compactMap { tested in (try? tested.text("manifest.yaml")).map { (tested, $0) } }
    .sorted { $0.text.utf8.count < $1.text.utf8.count }

  /// So many cases are tried for a definition.
  private static let tries = 12

  @Test("A case fails without it", arguments: ComponentSchema.definitionNames)
  func isNeeded(_ definition: String) async throws {
    let removal = DefinitionRemoval(of: definition)
    let candidates = Self.manifests.filter { removal.isIn($0.text, definition) }
    #expect(!candidates.isEmpty, "No case has a \(definition)")
    for (tested, _) in candidates.prefix(Self.tries) where try await fails(tested, without: definition, removal) { return }
    let tried = candidates.prefix(Self.tries).map(\.tested.name)
    Issue.record("No case fails without \(definition), \(tried) do not")
  }

  private func fails(_ tested: ConformanceCase, without definition: String, _ removal: DefinitionRemoval) async throws -> Bool {
    var subject = try tested.subject
    try removal.apply(to: definition, in: &subject)
    for command in try tested.commands() where command != .resume {
      let outcome = try await ScriptedAPI.serving(subject.api) { [subject] api in
        try await subject.run(command, state: subject.state, on: api)
      }
      if try !tested.differences(of: outcome, command).isEmpty { return true }
    }
    return false
  }

  @Test("A custom component is named by its class", arguments: ConformanceCase.all.filter { $0.name.hasPrefix("custom/") })
  func customComponents(_ tested: ConformanceCase) async throws {
    let subject = try tested.subject
    let outcome = try await ScriptedAPI.serving(subject.api) { api in try await subject.run(.check, state: nil, on: api) }
    let output = outcome.lines.joined(separator: "\n")
    let name = try #require(try tested.text("manifest.yaml").firstMatch(of: /class_name: (\S+)/)?.1)
    #expect(output.contains("`\(name)` is a custom Python component, which this version cannot run."))
  }
}
