import Foundation
import JSON
import Testing

/// Programs that speak the protocol, through the commands that every manifest has.
@Suite struct ProcessSourceTests {
  private static let read = ["read", "--config", "config.json"]

  @Test func specAndCheckAndDiscoverAreItsOwn() async throws {
    let folder = try ShellSource.folder()
    let spec = try await Tool.run(["spec"], in: folder)
    #expect(try spec.messages("SPEC", "spec").first?["connectionSpecification"]?["required"] == ["token"])
    let check = try await Tool.run(["check", "--config", "config.json"], in: folder)
    #expect(try check.messages("CONNECTION_STATUS", "connectionStatus") == [["status": "SUCCEEDED"]])
    let discover = try await Tool.run(["discover", "--config", "config.json"], in: folder)
    let streams = try #require(try discover.messages("CATALOG", "catalog").first?["streams"]?.array)
    #expect(streams.map { $0["name"]?.string } == ["orders", "notes"])
    #expect(streams.first?["source_defined_primary_key"] == [["id"]])
    #expect(try discover.logs("INFO") == ["looking with ****"])
    #expect([spec.status, check.status, discover.status] == [0, 0, 0])
  }

  @Test func aConfigThatDoesNotFitIsNotGivenToIt() async throws {
    let folder = try ShellSource.folder()
    try folder.write("config.json", #"{"tokken":"token-sesame"}"#)
    let check = try await Tool.run(["check", "--config", "config.json"], in: folder)
    let status = try #require(try check.messages("CONNECTION_STATUS", "connectionStatus").first)
    #expect(status["status"] == "FAILED")
    #expect(status["message"]?.string?.contains("Config validation error") == true)
    let read = try await Tool.run(Self.read, in: folder)
    #expect(read.status == 1)
    #expect(try read.errors().first?["failure_type"] == "config_error")
    #expect(!read.stdout.contains("sesame"))
  }

  @Test func aFailedCheckSaysWhy() async throws {
    let folder = try ShellSource.folder()
    try folder.write("config.json", #"{"token":"wrong-token"}"#)
    let check = try await Tool.run(["check", "--config", "config.json"], in: folder)
    #expect(try check.messages("CONNECTION_STATUS", "connectionStatus").first?["message"] == "The token is wrong")
    #expect(check.status == 0)
  }

  @Test func recordsStatesAndStatusesArePassedOn() async throws {
    let folder = try ShellSource.folder()
    let run = try await Tool.run(Self.read, in: folder)
    #expect(run.status == 0)
    // Bytes as the program wrote them.
    #expect(
      run.stdout.contains(
        #"{"type":"RECORD","record":{"stream":"orders","data":{"id":1,"price":1.50},"emitted_at":1700000000000}}"#),
      "\(run.stdout)")
    #expect(run.stdout.contains(#""data":{"text":"größer"},"emitted_at":1700000000001,"meta":{"changes":[]}}}"#))
    #expect(try run.statuses(of: "orders") == ["STARTED", "RUNNING", "COMPLETE"])
    #expect(try run.statuses(of: "notes") == ["STARTED", "RUNNING", "COMPLETE"])
    let state = try #require(try run.messages("STATE", "state").first)
    #expect(state["stream"]?["stream_state"] == ["id": 2])
    #expect(state["sourceStats"]?["recordCount"]?.double == 2)
    #expect(try run.logs("INFO").contains("INFO reading with ****"))
    #expect(!run.stdout.contains("sesame") && !run.stderr.contains("sesame"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == [
        "config.json", "manifest.yaml", "shop.sh",
      ])
  }

  @Test func aStateIsContinuedFrom() async throws {
    let folder = try ShellSource.folder()
    let first = try await Tool.run(Self.read, in: folder)
    try folder.write("messages.jsonl", first.stdout)
    let second = try await Tool.run(Self.read + ["--state", "messages.jsonl", "--records", "--streams", "orders"], in: folder)
    #expect(second.stdout == "{\"id\":3,\"price\":1.50}\n{\"id\":4,\"price\":1.50}\n")
    let anew = try await Tool.run(
      Self.read + ["--state", "messages.jsonl", "--full-refresh", "--records", "--streams", "orders"], in: folder)
    #expect(anew.stdout.hasPrefix("{\"id\":1,"))
  }

  @Test func aFolderKeepsRecordsAndTheState() async throws {
    let folder = try ShellSource.folder()
    for _ in 0..<2 { #expect(try await Tool.run(Self.read + ["--output", "data"], in: folder).status == 0) }
    #expect(try folder.text("data/orders.jsonl").split(separator: "\n").count == 4)
    #expect(try folder.text("data/notes.jsonl").split(separator: "\n").count == 1)
    #expect(try folder.text("data/state.json").contains(#""stream_state":{"id":4}"#))
  }

  @Test func enoughIsEnough() async throws {
    let folder = try ShellSource.folder()
    let run = try await Tool.run(Self.read + ["--limit", "1", "--streams", "orders"], in: folder)
    #expect(run.status == 0)
    #expect(try run.recordCount(of: "orders") == 1)
    #expect(try run.messages("STATE", "state").isEmpty)
    #expect(try run.statuses(of: "orders").last == "INCOMPLETE")
  }

  @Test func anUnknownStreamIsRefused() async throws {
    let run = try await Tool.run(Self.read + ["--streams", "ordres"], in: try ShellSource.folder())
    #expect(run.status == 1)
    #expect(try run.errors().first?["message"]?.string?.contains("did you mean `orders`?") == true)
  }

  @Test func aCatalogCanBeMade() async throws {
    let folder = try ShellSource.folder()
    let catalog = try await Tool.run(["catalog", "--config", "config.json"], in: folder)
    try folder.write("catalog.json", catalog.stdout)
    let run = try await Tool.run(Self.read + ["--catalog", "catalog.json"], in: folder)
    #expect(run.status == 0)
    #expect(try run.recordCount(of: "orders") == 2)
  }

  @Test func variablesComeFromTheConfig() async throws {
    let folder = try ShellSource.folder()
    try folder.write("env.sh", "#!/bin/sh\necho \"TOKEN is $TOKEN, PORT is $PORT\" >&2\nexec ./shop.sh \"$@\"\n")
    try folder.write(
      "manifest.yaml", "type: ProcessSource\ncommand: [sh, env.sh]\nenv: {TOKEN: \"{{ config['token'] }}!\", PORT: 5432}\n")
    let run = try await Tool.run(Self.read + ["--streams", "notes"], in: folder)
    #expect(run.status == 0)
    #expect(try run.logs("INFO").contains("TOKEN is ****!, PORT is 5432"), "\(run.stdout)")
    // Also where it was asked for its specification, before anybody knew what is secret.
    #expect(!run.stdout.contains("sesame"))
  }

  @Test(arguments: [
    (ShellSource.Habit.fails, "system_error", "The program `shop.sh` ended with status 7: ERROR: the disk is full, ****"),
    (.dies, "system_error", "The program `shop.sh` was ended by signal 9 (Killed): INFO reading with ****"),
    (.reports, "config_error", "The key **** is wrong"),
    (.hangs, "transient_error", "The program `shop.sh` wrote nothing for 0.5 s and was ended: INFO reading with ****"),
  ])
  func whatGoesWrongIsOneSentence(habit: ShellSource.Habit, type: String, sentence: String) async throws {
    let folder = try ShellSource.folder(habit, more: "timeouts: {silence: 0.5, end: 5}\n")
    let run = try await Tool.run(Self.read + ["--streams", "orders"], in: folder)
    #expect(run.status == 1)
    let errors = try run.errors()
    #expect(errors.first?["message"]?.string == sentence, "\(run.stdout)")
    #expect(errors.first?["failure_type"]?.string == type)
    #expect(errors.count == 1)
    // What was read before counts.
    #expect(try run.recordCount(of: "orders") == 1)
    #expect(try run.statuses(of: "orders") == ["STARTED", "RUNNING", "INCOMPLETE"])
    #expect(!run.stdout.contains("sesame"))
  }

  @Test func whatIsNoMessageIsLogged() async throws {
    let run = try await Tool.run(Self.read, in: try ShellSource.folder(.garbage))
    #expect(run.status == 0)
    #expect(try run.recordCount(of: "orders") == 2)
    #expect(try run.logs("INFO").contains("Starting up"))
  }

  @Test func aProgramThatIsNotThereIsNamed() async throws {
    let folder = try ShellSource.folder()
    try folder.write("manifest.yaml", "type: ProcessSource\ncommand: [no-such-source]\n")
    let run = try await Tool.run(["spec"], in: folder)
    #expect(run.status == 1)
    #expect(
      try run.errors().first?["message"]?.string
        == "There is no program `no-such-source` on PATH: install it, or name it by its path, as in ./no-such-source")
  }

  @Test(arguments: [
    ("type: ProcessSource\n", "command"), ("type: ProcessSource\ncommand: ./shop.sh\n", "should be a list"),
    ("type: ProcessSource\ncommand: [./shop.sh]\ntimeout: {silence: 1}\n", "timeouts"),
  ])
  func aWrongManifestIsExplainedWithItsPlace(manifest: String, part: String) async throws {
    let folder = try ShellSource.folder()
    try folder.write("manifest.yaml", manifest)
    let validate = try await Tool.run(["validate", "manifest.yaml"], in: folder)
    #expect(validate.status == 1)
    #expect(validate.stdout.contains("manifest.yaml:"))
    #expect(validate.stdout.contains(part), "\(validate.stdout)")
    let read = try await Tool.run(Self.read, in: folder)
    #expect(read.status == 1)
    #expect(read.stdout.contains(part))
  }

  @Test func itCanBePackaged() async throws {
    let folder = try ShellSource.folder()
    let package = try await Tool.run(["package", "manifest.yaml", "--name", "source-shop"], in: folder)
    #expect(package.status == 0, "\(package.stderr)")
    #expect(package.stderr.contains("it starts the program `./shop.sh`, which has to be installed where it runs"))
    let run = try await Tool.run(
      Self.read + ["--records", "--streams", "notes"], in: folder, executable: folder.url(of: "source-shop").path)
    #expect(run.stdout == "{\"text\":\"größer\"}\n", "\(run.stdout) \(run.stderr)")
  }

  @Test(arguments: [
    ["read", "--window", "2024-01-01..", "--config", "config.json"], ["check", "--mock"], ["plan", "--config", "config.json"],
  ])
  func whatBelongsToManifestsOfRequestsIsRefused(arguments: [String]) async throws {
    let run = try await Tool.run(arguments, in: try ShellSource.folder())
    #expect(run.status == 1)
    #expect((run.stdout + run.stderr).contains("`ProcessSource`"), "\(run.stdout) \(run.stderr)")
  }
}
