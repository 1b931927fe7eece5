import Foundation
import Testing

/// What a terminal shows while a read goes on.
@Suite struct ProgressTests {
  private static let script = ["/usr/bin/script", "/bin/script"].first { FileManager.default.isExecutableFile(atPath: $0) }

  @Test(.enabled(if: script != nil, "`script` of util-linux gives the pseudo-terminal"))
  func aTerminalShowsALinePerStreamAndASummary() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let connection = try Connection(to: api)
    let arguments = try connection.readArguments(["ok", "cut", "nosuch", "\u{1B}]0;title\u{7}\u{9B}2J\r\n\u{202E}x"])
    let command = ([Tool.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
    try connection.folder.write("run.sh", "\(command) >messages\n")
    let run = try await Tool.shell(
      "\(Self.script ?? "") -q -c 'sh run.sh' typescript </dev/null >/dev/null; cat typescript >&2; cat messages", [],
      in: connection.folder)
    let shown = run.stderr.replacing("\r\n", with: "\n").split(separator: "\n").map(String.init)
    for (pattern, count) in [
      (#"^ok: 3 records, 2 pages, \d+ records/s, \d+\.\d s, complete$"#, 1),
      (#"^cut: 2 records, 1 page, \d+ records/s, \d+\.\d s, not complete$"#, 1),
      (#"^nosuch: 0 records, 0 pages, 0 records/s, \d+\.\d s, not complete$"#, 1),
      // A name is no title of the window, and begins no line.
      (#"^\\u\{1B\}\]0;title\\u\{7\}\\u\{9B\}2J\\r\\n\\u\{202E\}x: 0 records, 0 pages, .*, not complete$"#, 1),
      (#"^Read 4 streams \(3 not complete\): 5 records, 3 pages, \d+ records/s, \d+\.\d s$"#, 1),
    ] {
      let regex = try Regex(pattern)
      #expect(shown.count { $0.contains(regex) } == count, "\(pattern) in \(shown)")
    }
    #expect(try run.recordCount(of: "ok") == 3)
    #expect(try run.messages().allSatisfy { $0["type"]?.string != nil })
  }

  @Test func aFileShowsNothing() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let run = try await Connection(to: api).read(["ok"])
    #expect(run.stderr.isEmpty)
  }
}
