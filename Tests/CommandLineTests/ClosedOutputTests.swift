import Testing

/// A standard output that takes nothing more ends the run: with a sentence, or, where its reader has seen enough, as other programs end,
/// by SIGPIPE and without a word.
@Suite(.timeLimit(.minutes(15))) struct ClosedOutputTests {
  @Test func aReaderThatLeavesEndsTheRead() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let connection = try Connection(to: api)
    let arguments = try connection.readArguments(["endless"])
    let run = try await Tool.shell(#"{ "$@"; echo "status $?" >&2; } | head -n 1"#, arguments, in: connection.folder)
    #expect(try run.messages().count == 1)
    #expect(run.stderr == "status 141\n")
  }

  @Test func answersToABatchEndInTheSameWay() async throws {
    let folder = try Folder()
    try folder.write("cases.jsonl", String(repeating: "{\"template\": \"{{ 'x' * 1000 }}\"}\n", count: 500))
    let run = try await Tool.shell(
      #"{ "$@"; echo "status $?" >&2; } | head -n 1"#, ["interpolate", "--batch", "cases.jsonl"], in: folder)
    #expect(try run.messages().count == 1)
    #expect(run.stderr == "status 141\n")
  }

  /// Every command, and also what is no command of its own.
  @Test(
    arguments: [
      ["--help"], ["--version"], ["read", "--help"], ["help", "spec"], ["explain"], ["explain", "CursorPagination"], ["schema"],
      ["validate", "manifest.yaml"], ["interpolate", "x"], ["image", "--dockerfile"], ["spec", "--manifest", "manifest.yaml"],
      ["--generate-completion-script", "bash"],
    ], [("/dev/full", "cannot be written: No space left on device"), ("&-", "is closed")])
  func whatCannotBeWrittenIsAFailure(arguments: [String], output: (target: String, reason: String)) async throws {
    let connection = try Connection()
    let run = try await Tool.shell(#""$@" >\#(output.target)"#, arguments, in: connection.folder)
    #expect(run.stderr == "error: standard output \(output.reason)\n")
    #expect(run.status == (arguments.first == "validate" ? 2 : 1))
    #expect(!run.wasKilled)
  }

  @Test(arguments: [["--help"], ["schema"], ["explain"]])
  func aReaderWhoHasSeenEnoughIsToldNothing(arguments: [String]) async throws {
    let run = try await Tool.shell(
      #"mkfifo gone; : <gone & exec 4>gone; wait; "$@" >&4; echo "status $?" >&2"#, arguments, in: Folder())
    #expect(run.stderr == "status 141\n")
  }

  @Test func standardErrorMayBeClosed() async throws {
    let connection = try Connection(manifest: "a: [")
    let run = try await Tool.shell(#""$@" 2>&-"#, ["spec", "--manifest", "manifest.yaml"], in: connection.folder)
    #expect(try run.errors().count == 1)
    #expect(run.status == 1)
  }
}
