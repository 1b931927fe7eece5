import ConformanceCases
import JSON
import Manifest
import Testing

@Suite("Each definition of the component schema matters")
struct DefinitionTests {
  /// All cases but those in Python, the ones with the smallest manifests first: they show a definition alone.
  private static let cases = ConformanceCase.all.filter { $0.components == nil }
    .sorted { $0.manifest.utf8.count < $1.manifest.utf8.count }

  /// So many cases are tried for a definition.
  private static let tries = 12

  @Test("A case fails without it", arguments: ComponentSchema.definitionNames)
  func isNeeded(_ definition: String) async throws {
    let removal = DefinitionRemoval(of: definition)
    let candidates = Self.cases.filter { removal.isIn($0.manifest, definition) }
    #expect(!candidates.isEmpty, "No case has a \(definition)")
    for tested in candidates.prefix(Self.tries) where try await fails(tested, without: definition, removal) { return }
    let tried = candidates.prefix(Self.tries).map(\.name)
    Issue.record("No case fails without \(definition), \(tried) do not")
  }

  private func fails(_ tested: ConformanceCase, without definition: String, _ removal: DefinitionRemoval) async throws -> Bool {
    var subject = tested.subject
    try removal.apply(to: definition, in: &subject)
    for command in tested.commands where command != .resume {
      let outcome = try await ScriptedAPI.serving(subject.api) { [subject] api in
        try await subject.run(command, state: subject.state, on: api)
      }
      if try !tested.differences(of: outcome, command).isEmpty { return true }
    }
    return false
  }

  @Test("A custom component is named by its class", arguments: ConformanceCase.all.filter { $0.name.hasPrefix("custom/") })
  func customComponents(_ tested: ConformanceCase) async throws {
    let subject = tested.subject
    let outcome = try await ScriptedAPI.serving(subject.api) { api in try await subject.run(.check, state: nil, on: api) }
    let output = outcome.lines.joined(separator: "\n")
    let name = try #require(tested.manifest.firstMatch(of: /class_name: (\S+)/)?.1)
    #expect(output.contains("`\(name)` is a custom component, and nothing here has a class of this name"))
  }
}
