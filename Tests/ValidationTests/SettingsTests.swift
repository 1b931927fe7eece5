import Engine
import Foundation
import Testing
import Validation

/// The file `.airbyte-lowcode.yaml`.
@Suite struct SettingsTests {
  private static func settings(_ text: String) throws(SettingsError) -> ValidationSettings {
    try ValidationSettings(parsing: Array(text.utf8), path: ".airbyte-lowcode.yaml", folder: "/work/project")
  }

  @Test func saysHowLoudRulesAre() throws {
    let settings = try Self.settings(
      """
      # What we want.
      profile: all
      rules:
        unused-definition: off
        insecure-url: error
        spec-order: "off"
        unknown-key: warning
      """)
    #expect(settings.profile == .all)
    #expect(
      settings.levels == ["unused-definition": .off, "insecure-url": .error, "spec-order": .off, "unknown-key": .warning])
    #expect(try Self.settings("").profile == nil)
    #expect(try Self.settings("rules:").levels == [:])
  }

  @Test(
    arguments: [
      ("examples/**", "examples/a/manifest.yaml", true), ("examples", "examples/a/manifest.yaml", true),
      ("examples/", "examples/manifest.yaml", true), ("examples", "more/examples/manifest.yaml", false),
      ("**/examples", "more/examples/manifest.yaml", true), ("*.yml", "a.yml", true), ("*.yml", "b/a.yml", false),
      ("**/*.yml", "b/c/a.yml", true), ("**/*.yml", "a.yml", true), ("a?/[bc].yaml", "ax/b.yaml", true),
      ("a?/[bc].yaml", "ax/d.yaml", false), ("./x.yaml", "x.yaml", true),
    ] as [(String, String, Bool)])
  func leavesPathsOut(pattern: String, path: String, isIgnored: Bool) throws {
    let settings = try Self.settings("paths: {ignore: ['\(pattern)']}")
    #expect(settings.ignores("/work/project/\(path)") == isIgnored)
    #expect(!settings.ignores("/work/other/\(path)"))
  }

  @Test(
    arguments: [
      ("rules: {insecure-ulr: off}", "1:9", "there is no rule `insecure-ulr`", "did you mean `insecure-url`?"),
      ("rules: {nothing: off}", "1:9", "there is no rule `nothing`", "`airbyte-lowcode explain` lists them"),
      ("rules: {build: off}", "1:9", "`build` is an error, which cannot be turned off", "remove it"),
      (
        "rules: {insecure-url: on}", "1:23", "a rule's level should be a text, found a boolean", "use `off`, `warning` or `error`"
      ),
      ("rules: {insecure-url: loud}", "1:23", "there is no level `loud`", "use `off`, `warning` or `error`"),
      ("rules: [a]", "1:8", "`rules` should be a mapping, found a list", "write `rule: off`, `warning` or `error` for each"),
      ("profile: lax", "1:10", "there is no profile `lax`", "use `all`, `default` or `strict`"),
      ("\nprofil: all", "2:1", "the file has no `profil`", "did you mean `profile`?"),
      ("paths: {only: [a]}", "1:9", "`paths` has no `only`", "its keys are `ignore`"),
      ("paths: {ignore: a}", "1:17", "`ignore` should be a list of paths, found a string", "write `ignore: [\"examples/**\"]`"),
      ("paths: {ignore: [1]}", "1:18", "a path should be a text, found an integer", "put it in quotes"),
      (
        "paths: {ignore: [../a]}", "1:18", "the path `../a` leads out of this file's folder",
        "write it from this folder, as in `examples/**`"
      ),
      ("- a", "1:1", "the file should be a mapping, found a list", "its keys are `profile`, `rules`, `paths`"),
    ] as [(String, String, String, String)])
  func mistakesAreToldWithTheirPlaces(text: String, place: String, message: String, remedy: String) throws {
    do throws(SettingsError) {
      _ = try Self.settings(text)
      Issue.record("\(text) was taken")
    } catch {
      #expect(error.diagnostics.map(\.message) == [message])
      #expect(error.diagnostics.map { $0.remedy?.description } == [remedy])
      #expect(error.rendered().hasPrefix(".airbyte-lowcode.yaml:\(place): error: \(message); \(remedy)\n"), "\(error)")
    }
  }

  @Test func allMistakesAreToldAtOnce() throws {
    do throws(SettingsError) {
      _ = try Self.settings("profile: x\nrules: {a: off, b: off}\npaths: 1")
      Issue.record("taken")
    } catch {
      #expect(error.diagnostics.count == 4)
    }
  }

  /// The nearest file counts, up to the root of the repository; without one, up to the working folder.
  @Test(
    arguments: [
      (["a/.airbyte-lowcode.yaml", ".airbyte-lowcode.yaml"], "a/b/m.yaml", "a"),
      ([".airbyte-lowcode.yaml"], "a/b/m.yaml", "."), (["a/b/.airbyte-lowcode.yaml"], "a/b/m.yaml", "a/b"),
      (["a/.git", ".airbyte-lowcode.yaml"], "a/b/m.yaml", nil), ([".git", ".airbyte-lowcode.yaml"], "a/b/m.yaml", "."),
      (["c/.airbyte-lowcode.yaml"], "a/b/m.yaml", nil), ([".airbyte-lowcode.yaml"], "-", "."), ([], "a/m.yaml", nil),
    ] as [([String], String, String?)])
  func isFound(files: [String], manifest: String, expected: String?) throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: root) }
    for folder in ["a/b", "c"] {
      try FileManager.default.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
    }
    for file in files { try Data("profile: all".utf8).write(to: URL(fileURLWithPath: "\(root)/\(file)")) }
    var finder = SettingsFinder(workingFolder: root)
    let settings = try finder.settings(for: manifest)
    let path = expected.map { $0 == "." ? ".airbyte-lowcode.yaml" : "\($0)/.airbyte-lowcode.yaml" }
    #expect(settings?.path == path)
    #expect(try finder.settings(for: manifest)?.path == path)
  }
}
