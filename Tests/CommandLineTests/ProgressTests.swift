import Foundation
import Synchronization
import Testing

enum PseudoTerminal {
  static let script = ["/usr/bin/script", "/bin/script"].first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// What a terminal shows while a command runs.
@Suite(.enabled(if: PseudoTerminal.script != nil, "`script` of util-linux gives the pseudo-terminal")) struct ProgressTests {

  /// What a terminal showed of a command, and the run.
  private struct Shown {
    let raw: String
    let run: Tool.Outcome

    /// The lines that stayed: without colours, and without what was written over.
    var lines: [String] {
      var lines: [String] = []
      for line in raw.replacing("\r\n", with: "\n").split(separator: "\n") {
        var text = String(line)
        while let up = text.firstMatch(of: /\x1B\[(\d+)A\r\x1B\[J/) {
          lines.removeLast(min(Int(up.1) ?? 0, lines.count))
          text.replaceSubrange(up.range, with: "")
        }
        text.replace(/\x1B\[[0-9;]*m/, with: "")
        if !text.isEmpty { lines.append(text) }
      }
      return lines
    }
  }

  /// Runs a command with standard error on a terminal.
  /// - Parameters:
  ///   - prelude: lines of the shell before it.
  ///   - output: where standard output goes; nil for the terminal as well.
  private func shown(
    _ arguments: [String], in connection: Connection, columns: Int = 120, prelude: String = "export TERM=xterm",
    output: String? = "messages",
    around: (String) -> String = { $0 }
  ) async throws -> Shown {
    let command = ([Tool.path] + arguments).map { "'\($0)'" }.joined(separator: " ") + (output.map { " >\($0)" } ?? "")
    try connection.folder.write("run.sh", "stty cols \(columns)\n\(prelude)\n\(around(command))\n")
    try connection.folder.write("messages", "")
    let run = try await Tool.shell(
      "\(PseudoTerminal.script ?? "") -q -c 'sh run.sh' typescript </dev/null >/dev/null; cat typescript >&2; cat messages", [],
      in: connection.folder)
    let text = run.stderr.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("Script ") }
    return Shown(raw: text.joined(separator: "\n"), run: run)
  }

  @Test(arguments: [40, 80, 200])
  func linesOfDetailsAreFaintAndFit(columns: Int) async throws {
    let connection = try Connection(to: try UnrulyAPI(UnrulyAPI.usual))
    let shown = try await shown(try connection.readArguments(["ok"]) + ["--debug"], in: connection, columns: columns)
    let lines = shown.lines.filter { $0.hasPrefix("ok: sending GET http") || $0.hasPrefix("ok: status 200 after") }
    #expect(lines.count == 4)
    #expect(lines.allSatisfy { $0.count < columns })
    #expect(shown.raw.contains("\u{1B}[2mok: sending GET http"))
    #expect(
      try shown.run.logs("DEBUG").count { $0.hasPrefix("ok: status 200 after") && $0.contains(#"{"items": [{"id": "#) } == 2)
    #expect(!shown.raw.contains("t0ken") && !shown.run.stdout.contains("t0ken"))
  }

  @Test(arguments: ["read", "check"])
  func whatAnAPISaysIsShownOnce(command: String) async throws {
    let connection = try Connection(to: try UnrulyAPI(UnrulyAPI.usual), manifest: Manifests.streams(["refused"]))
    let arguments = try connection.readArguments(["refused"])
    let shown = try await shown(
      command == "read" ? arguments : ["check", "--manifest", "manifest.yaml", "--config", "config.json"], in: connection)
    #expect(shown.lines.count { $0.contains("The API says: there is no such shelf") } == 1)
    #expect(shown.lines.count { $0.contains("shelf") } == 1)
  }

  /// The name of a stream may hold a secret of the config.
  @Test func aTerminalShowsNoSecret() async throws {
    let api = try UnrulyAPI { _ in .json(200, #"{"items": [{"id": 1}]}"#) }
    let name = "of-kEy5secret1"
    let connection = try Connection(to: api, manifest: Manifests.streams([name]), config: ["token": "kEy5secret1"])
    let shown = try await shown(try connection.readArguments([name, name + "-more"]), in: connection)
    #expect(!shown.raw.contains("Ey5secre"), "\(shown.raw)")
    #expect(shown.lines.contains { $0.hasPrefix("of-****: 1 record, 1 page") }, "\(shown.lines)")
    #expect(shown.lines.contains { $0.hasPrefix("warning: ") && $0.contains("`of-****-more`") }, "\(shown.lines)")
  }

  @Test func aTerminalShowsALinePerStreamAndASummary() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let connection = try Connection(to: api)
    let arguments = try connection.readArguments(["ok", "cut", "nosuch", "\u{1B}]0;title\u{7}\u{9B}2J\r\n\u{202E}x"])
    let shown = try await shown(arguments, in: connection)
    for (pattern, count) in [
      (#"^ok: 3 records, 2 pages, \d+ records/s, \d+\.\d s, complete$"#, 1),
      (#"^cut: 2 records, 1 page, \d+ records/s, \d+\.\d s, not complete$"#, 1),
      (#"^error: cut: "#, 1),
      (#"^nosuch: 0 records, 0 pages, 0 records/s, \d+\.\d s, not complete$"#, 1),
      (#"^warning: The catalog asks for the stream `nosuch`, which the manifest does not have\.$"#, 1),
      // A name is no title of the window, and begins no line.
      (#"^\\u\{1B\}\]0;title\\u\{7\}\\u\{9B\}2J\\r\\n\\u\{202E\}x: 0 records, 0 pages, .*, not complete$"#, 1),
      (#"^Read 4 streams \(3 not complete\): 5 records, 3 pages, \d+ records/s, \d+\.\d s$"#, 1),
      // Streams without a cursor leave nothing to go on from.
      (#"^To "#, 0), (#"^error: A stream was not read"#, 0),
    ] {
      let regex = try Regex(pattern)
      #expect(shown.lines.count { $0.contains(regex) } == count, "\(pattern) in \(shown.lines)")
    }
    #expect(try shown.run.recordCount(of: "ok") == 3)
    #expect(try shown.run.messages().allSatisfy { $0["type"]?.string != nil })
  }

  @Test(arguments: [40, 80, 200]) func linesThatChangeFitTheTerminal(columns: Int) async throws {
    let name = "a-stream-with-quite-a-long-name-本棚"
    let api = try UnrulyAPI { request in
      let page = Int(URLComponents(string: request.target)?.queryItems?.first { $0.name == "page" }?.value ?? "1") ?? 1
      return .json(200, page < 4 ? #"{"items": [{"id": 1}, {"id": 2}]}"# : #"{"items": []}"#)
    }
    let connection = try Connection(to: api, manifest: Manifests.streams([name]))
    let shown = try await shown(try connection.readArguments([name]), in: connection, columns: columns)
    let changing = shown.raw.replacing("\r\n", with: "\n").split(separator: "\n").map {
      $0.replacing(/\x1B\[[0-9;]*[mAJ]|\r/, with: "")
    }
    .filter { $0.hasPrefix("a-") }
    #expect(changing.count > 1)
    // Ideographs take two columns.
    for line in changing { #expect(line.unicodeScalars.reduce(0) { $0 + ($1.value > 0x2E80 ? 2 : 1) } < columns, "\(line)") }
    // The last page has no records, and is a page.
    #expect(
      shown.lines.contains { columns == 40 ? $0.contains("complete") : $0.contains("6 records, 4 pages") }, "\(shown.lines)")
  }

  @Test func waitsAndTheirReasonAreShown() async throws {
    let api = try UnrulyAPI { request in
      request.target.contains("page=2")
        ? .json(200, #"{"items": []}"#) : .json(200, #"{"items": [{"id": 1}, {"id": 2}]}"#)
    }
    // Two calls a second: the second one waits for the first one's second to pass.
    let manifest = Manifests.streams(["ok"]).replacing(
      "spec:\n  type: Spec",
      with: """
        api_budget:
          type: HTTPAPIBudget
          policies:
            - type: MovingWindowCallRatePolicy
              rates: [{limit: 1, interval: PT1S}]
              matchers: []
        spec:
          type: Spec
        """)
    let connection = try Connection(to: api, manifest: manifest)
    let shown = try await shown(try connection.readArguments(["ok"]), in: connection)
    #expect(shown.raw.contains(/ok: 2 records, 1 page, .*waits [01]\.\d s: call rate/), "\(shown.raw)")
    #expect(shown.lines.contains { $0.contains(/^ok: 2 records, 2 pages, .*, complete$/) }, "\(shown.lines)")
  }

  /// Two reads of two pages each, at one call a second.
  @Test func testsShowWhatTheyWaitFor() async throws {
    let api = try UnrulyAPI { request in
      request.target.contains("page=2")
        ? .json(200, #"{"items": []}"#) : .json(200, #"{"items": [{"id": 1}, {"id": 2}]}"#)
    }
    let manifest = Manifests.streams(["ok"]).replacing(
      "spec:\n  type: Spec",
      with: """
        api_budget:
          type: HTTPAPIBudget
          policies:
            - type: MovingWindowCallRatePolicy
              rates: [{limit: 1, interval: PT1S}]
              matchers: []
        spec:
          type: Spec
        """)
    let connection = try Connection(to: api, manifest: manifest)
    try connection.folder.write(
      "acceptance-test-config.yml", "acceptance_tests: {full_refresh: {tests: [{config_path: config.json}]}}")
    try connection.folder.write("tests.yaml", "tests: [{name: one, skip: later}]")
    let alone = try await shown(["test"], in: connection, output: nil)
    #expect(alone.lines.contains { $0.contains("skipped one: later") }, "\(alone.lines)")
    #expect(alone.lines.contains { $0.contains("full_refresh with config.json") }, "\(alone.lines)")
    // What runs is written over.
    #expect(
      alone.raw.contains(/full_refresh with config\.json: 2 records, 1 page, .*waits [01]\.\d s: ok, call rate/), "\(alone.raw)")
    #expect(!alone.lines.contains { $0.contains("waits") }, "\(alone.lines)")
    let run = try await connection.run("test")
    #expect(!run.stderr.contains("\u{1B}"))
    #expect(!run.stdout.contains("\u{1B}"))
  }

  /// A terminal would obey them, or show them as something else; a pipe gets them as they are.
  @Test func controlsInJSONAreEscapedOnATerminal() async throws {
    let connection = try Connection()
    let template = ##"{{ "\u009b31m\u202e" }}"##
    let shown = try await shown(["interpolate", template], in: connection, output: nil)
    #expect(shown.lines.contains(#""\u009b31m\u202e""#), "\(shown.lines)")
    let piped = try await connection.run("interpolate", template)
    #expect(piped.stdout == "\"\u{9B}31m\u{202E}\"\n")
  }

  @Test(arguments: [
    ("export TERM=xterm", true), ("export TERM=xterm NO_COLOR=1", false), ("export TERM=dumb", false),
    ("export TERM=xterm NO_COLOR=", true),
  ])
  func coloursAreLeftOutOnRequest(prelude: String, hasColours: Bool) async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let connection = try Connection(to: api)
    let plain = try await shown(try connection.readArguments(["ok"]), in: connection, prelude: prelude)
    #expect(plain.raw.contains("\u{1B}[32m") == hasColours)
    for (choice, isColoured) in [("always", true), ("never", false)] {
      let chosen = try await shown(try connection.readArguments(["ok"]) + ["--color", choice], in: connection, prelude: prelude)
      #expect(chosen.raw.contains("\u{1B}[32m") == isColoured)
    }
  }

  @Test func whereMessagesAreShownAsWellNothingIsWrittenOver() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let connection = try Connection(to: api)
    let shown = try await shown(try connection.readArguments(["ok"]), in: connection, output: nil)
    #expect(!shown.raw.contains("\u{1B}[1A"))
    #expect(shown.lines.contains { $0.contains(/^ok: 3 records, 2 pages, .*, complete$/) })
    #expect(shown.lines.count { $0.hasPrefix(#"{"type":"RECORD""#) } == 3)
  }

  /// - Parameter isIgnored: whether the shell that begins the read lets it ignore the signal, as it does in the background.
  @Test(arguments: [false, true]) func anInterruptedReadSaysHowToGoOn(isIgnored: Bool) async throws {
    let folder = Mutex<Folder?>(nil)
    // The read is interrupted when it asks for a late page, and never again.
    let api = try UnrulyAPI { request in
      if request.target.contains("2024-02-20"), let folder = folder.withLock({ $0.take() }) {
        if let pid = Int32(((try? folder.text("pid")) ?? "").trimmingCharacters(in: .whitespacesAndNewlines)) {
          kill(pid, SIGINT)
          // Without an answer, the read cannot end in any other way.
          if !isIgnored { return .silence }
        }
      }
      return Archive.answer(request)
    }
    let connection = try Connection(to: api, manifest: Archive.manifest)
    folder.withLock { $0 = connection.folder }
    let arguments = try connection.incrementalReadArguments(["days", "shelves"])
    let prelude = "export TERM=xterm" + (isIgnored ? "; trap '' INT" : "")
    let shown = try await shown(arguments, in: connection, prelude: prelude) {
      // Whoever runs the tests may ignore the signal.
      "sh -c 'echo $$ >pid; exec \(isIgnored ? "" : "env --default-signal=INT ")\"$0\" \"$@\"' \($0)"
    }
    #expect(folder.withLock { $0 == nil })
    guard !isIgnored else {
      #expect(shown.lines.contains { $0.hasPrefix("Read 2 streams: ") }, "\(shown.lines)")
      return
    }
    #expect(
      shown.lines.contains { $0.contains(/^Read 2 streams \([12] not complete\): \d+ records, \d+ pages/) }, "\(shown.lines)")
    #expect(
      shown.lines.contains("To continue from where this ended: --state messages, and another file for the output"),
      "\(shown.lines)")
    let resumed = try await Tool.run(arguments + ["--state", "messages"], in: connection.folder)
    #expect(resumed.status == 0)
  }

  @Test(arguments: [
    (["check", "-c", "config.json"], "The connection works."), (["discover", "-c", "config.json"], "Found 8 streams."),
    (["check", "-c", "nosuch.json"], "error: The config nosuch.json does not exist"),
    (["read", "-c", "config.json", "-C", "nosuch.json"], "error: The catalog nosuch.json does not exist"),
    (["check", "refused.yaml", "-c", "config.json"], "The connection failed: "),
  ])
  func resultsAndErrorsAreWrittenForPeople(arguments: [String], line: String) async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let connection = try Connection(to: api)
    try connection.folder.write("refused.yaml", Manifests.streams(["refused"]))
    let shown = try await shown(arguments, in: connection)
    #expect(shown.lines.contains { $0.hasPrefix(line) }, "\(shown.lines)")
  }

  /// It is shown with its lines, which is enough.
  @Test func anInvalidManifestIsShownOnce() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let connection = try Connection(to: api)
    try connection.folder.write(
      "wrong.yaml", Manifests.streams(["ok"]).replacing("type: HttpRequester", with: "type: HttpRequestr"))
    let shown = try await shown(["check", "wrong.yaml", "-c", "config.json"], in: connection)
    #expect(shown.lines.count { $0.contains("unknown type `HttpRequestr`") } == 1, "\(shown.lines)")
    #expect(
      shown.lines.contains { $0.hasPrefix("wrong.yaml:") && $0.contains("did you mean `HttpRequester`?") }, "\(shown.lines)")
  }

  @Test func aFileShowsNothing() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let run = try await Connection(to: api).read(["ok"])
    #expect(run.stderr.isEmpty)
  }
}
