import Foundation
import JSON
import Testing

/// What `conform` finds in programs, and how it says it.
@Suite struct ConformTests {
  @Test func aGoodProgramConforms() async throws {
    let folder = try ShellSource.folder()
    let run = try await Tool.run(["conform", "--config", "config.json", "--format", "json", "--", "./shop.sh"], in: folder)
    let answer = try JSONValue(parsing: Array(run.stdout.utf8))
    let commands = try #require(answer["commands"]?.array)
    #expect(commands.map { $0["command"]?.string } == ["spec", "check", "discover", "read"])
    // It shows a secret in its log.
    #expect(commands.map { ($0["violations"]?.array ?? []).map { $0["rule"]?.string } } == [[], [], ["secret"], []])
    #expect(commands.last?["records"] == 3)
    #expect(answer["conforms"] == false)
    #expect(run.status == 1)
    #expect(!run.stdout.contains("sesame"))
  }

  @Test func withoutAConfigOnlyTheSpecificationIsAsked() async throws {
    let run = try await Tool.run(["conform", "--", "./shop.sh"], in: try ShellSource.folder())
    #expect(run.status == 0)
    #expect(run.stdout.hasPrefix("spec      conforms (1 message, "), "\(run.stdout)")
    #expect(run.stdout.hasSuffix("\n`spec`: nothing is against the protocol.\n"))
  }

  @Test func whatIsWrongHasALineAndARule() async throws {
    let folder = try ShellSource.folder(.garbage)
    let run = try await Tool.run(["conform", "--config", "config.json", "--", "./shop.sh"], in: folder)
    #expect(run.status == 1)
    #expect(
      run.stdout.contains(
        "  error: Standard output has a line that is not a JSON object: Starting up (first in line 4, 2 times) [not-json]"),
      "\(run.stdout)")
  }

  @Test(
    arguments: [
      (ShellSource.Habit.fails, ["no-error", "no-last-status", "last-words"]),
      (.dies, ["no-error", "no-last-status", "last-words"]),
      (.reports, ["failed", "no-last-status", "last-words", "secret"]),
      (.hangs, ["unresponsive", "no-last-status", "no-error", "last-words"]),
    ] as [(ShellSource.Habit, [String])])
  func programsThatFailAreFound(habit: ShellSource.Habit, rules: [String]) async throws {
    let folder = try ShellSource.folder(habit)
    try folder.write(
      "catalog.json",
      #"{"streams":[{"stream":{"name":"orders","json_schema":{},"supported_sync_modes":["full_refresh"]},"sync_mode":"full_refresh","destination_sync_mode":"append"}]}"#
    )
    let run = try await Tool.run(
      [
        "conform", "--config", "config.json", "--catalog", "catalog.json", "--timeout", "0.5", "--format", "json", "--",
        "./shop.sh",
      ],
      in: folder)
    #expect(run.status == 1)
    let read = try JSONValue(parsing: Array(run.stdout.utf8))["commands"]?.array?.last
    #expect(Set((read?["violations"]?.array ?? []).compactMap { $0["rule"]?.string }) == Set(rules), "\(run.stdout)")
  }

  @Test func aProgramThatIsNotThereIsAnotherStatus() async throws {
    let run = try await Tool.run(["conform", "--", "./no-such"], in: try Folder())
    #expect(run.status == 2)
    #expect(run.stderr == "error: There is no program ./no-such: check its path, which begins at the manifest's folder\n")
  }

  @Test func aProgramHasToBeNamed() async throws {
    let run = try await Tool.run(["conform"], in: try Folder())
    #expect(run.status == 64)
    #expect(run.stderr.contains("Name the program behind two dashes"))
  }
}
