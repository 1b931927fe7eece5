import Foundation
import Testing

@testable import Commands

/// `interpolate --interactive`, at a terminal and without one.
@Suite struct PromptTests {
  // MARK: The line

  @Test(
    arguments: [
      ([.character("a"), .character("b"), .left, .character("c")], "acb", 2), ([.home, .character("x")], "x", 1),
      ([.character("a"), .backspace, .backspace], "", 0), ([.character("a"), .home, .delete, .delete], "", 0),
      ([.up, .up, .up], "one", 3), ([.character("n"), .up, .down], "n", 1), ([.up, .character("!"), .down], "", 0),
      ([.up, .cutWord, .paste, .paste], "twotwo", 6), ([.up, .home, .cutToEnd, .paste], "two", 3),
      ([.up, .left, .cutToStart], "o", 0), ([.up, .wordLeft, .character("x")], "xtwo", 1),
      ([.right, .end, .tab, .unknown], "", 0),
    ] as [([Key], String, Int)])
  func keysChangeTheLine(keys: [Key], text: String, cursor: Int) {
    var buffer = LineBuffer(history: ["one", "two"])
    for key in keys { buffer.apply(key) }
    #expect(buffer.text == text)
    #expect(buffer.cursor == cursor)
  }

  @Test(
    arguments: [
      ("a", [.character("a")]), ("é€𝄞", [.character("é"), .character("€"), .character("𝄞")]), ("\u{1B}[A\u{1B}OB", [.up, .down]),
      ("\u{1B}[1;5C\u{1B}b", [.wordRight, .wordLeft]), ("\u{1B}[3~\u{1B}[H\u{1B}[4~", [.delete, .home, .end]),
      ("\u{1}\u{5}\u{B}\u{15}\u{17}\u{19}", [.home, .end, .cutToEnd, .cutToStart, .cutWord, .paste]),
      ("\r\n\t\u{3}\u{4}\u{7F}\u{8}", [.enter, .enter, .tab, .interrupt, .endOfInput, .backspace, .backspace]),
      ("\u{1B}[99;99Zx", [.unknown, .character("x")]), ("\u{0}", [.unknown]),
    ] as [(String, [Key])])
  func bytesBecomeKeys(text: String, keys: [Key]) {
    var decoder = KeyDecoder()
    #expect(text.utf8.compactMap { decoder.key(endingWith: $0) } == keys)
  }

  // MARK: The program

  @Test func linesOfAFileAreEvaluatedToo() async throws {
    let folder = try Folder()
    try folder.write("c.json", #"{"shelves": 2}"#)
    let lines =
      "config.shelves + 1\n\n{{ config.shelves }}x\n:as boolean\nconfig.shelves == 3\nconfig.a.b.c +\n:nope\n:vars\n:quit\n1\n"
    let run = try await Tool.run(["interpolate", "-i", "--config", "c.json"], in: folder, stdin: lines)
    #expect(run.stdout == "3\n\"2x\"\nfalse\n")
    #expect(run.stderr.contains("error: The template `{{ config.a.b.c + }}` is not valid"), "\(run.stderr)")
    #expect(run.stderr.contains("error: there is no command `:nope`"))
    #expect(run.stderr.contains("config: shelves"))
    #expect(run.status == 0)
  }

  /// A pseudo-terminal with the program at it.
  final class Terminal {
    private let master: FileHandle
    /// Kept open, so that its mode can be asked for.
    private let slave: FileHandle
    private let process = Process()
    private let ending: AsyncStream<Void>
    private var shown = ""

    init(_ arguments: [String], in folder: Folder) throws {
      var (one, other): (Int32, Int32) = (-1, -1)
      try #require(openpty(&one, &other, nil, nil, nil) == 0)
      master = FileHandle(fileDescriptor: one, closeOnDealloc: true)
      slave = FileHandle(fileDescriptor: other, closeOnDealloc: true)
      for descriptor in [one, other] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
      process.executableURL = URL(fileURLWithPath: Tool.path)
      process.arguments = arguments
      process.currentDirectoryURL = folder.url
      process.environment = ["PATH": "/usr/bin:/bin", "TERM": "xterm", "HOME": folder.url.path]
      (process.standardInput, process.standardOutput, process.standardError) = (slave, slave, slave)
      let (ending, continuation) = AsyncStream<Void>.makeStream()
      self.ending = ending
      process.terminationHandler = { _ in continuation.finish() }
      try process.runWithSignals()
    }

    func type(_ text: String) throws { try master.write(contentsOf: Data(text.utf8)) }

    /// Waits until the terminal shows a text, behind what was waited for before.
    func wait(for text: String) async throws {
      while true {
        if let found = shown.firstRange(of: text) {
          shown = String(shown[found.upperBound...])
          return
        }
        let more = await Self.bytes(from: master.fileDescriptor)
        // Else a carriage return and the break behind it are one character.
        shown += String(decoding: (try #require(more, "“\(text)” is not in “\(shown)”")).filter { $0 != 0x0D }, as: UTF8.self)
      }
    }

    /// What the terminal shows next; nil if it is nothing for a long time. A thread of its own waits for it.
    private static func bytes(from descriptor: Int32) async -> [UInt8]? {
      await withCheckedContinuation { continuation in
        Thread.detachNewThread {
          var place = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
          guard poll(&place, 1, 120_000) == 1 else { return continuation.resume(returning: nil) }
          var bytes = [UInt8](repeating: 0, count: 4_096)
          let count = read(descriptor, &bytes, bytes.count)
          continuation.resume(returning: count > 0 ? Array(bytes.prefix(count)) : nil)
        }
      }
    }

    /// Types a line at the next prompt: what is typed before it is edited by the terminal.
    func answer(_ text: String) async throws {
      try await wait(for: "> ")
      try type(text)
    }

    /// Whether the terminal is in its usual mode.
    var echoes: Bool {
      var state = termios()
      tcgetattr(slave.fileDescriptor, &state)
      return state.c_lflag & tcflag_t(ECHO) != 0 && state.c_lflag & tcflag_t(ICANON) != 0
    }

    func terminate() { process.terminate() }

    /// Waits for the end of the program, and returns its exit status.
    func end() async -> Int32 {
      for await _ in ending {}
      return process.terminationStatus
    }
  }

  @Test func aTerminalEditsAndCompletesLines() async throws {
    let folder = try Folder()
    try folder.write("c.json", #"{"shelves": 2, "shop": "north", "token": "s3cret-token"}"#)
    let terminal = try Terminal(["interpolate", "-i", "-c", "c.json"], in: folder)
    // The beginning that is common, then the names.
    try await terminal.answer("config.sh\t\t")
    try await terminal.wait(for: "shelves")
    try await terminal.wait(for: "shop")
    try terminal.type("e\t + 1\r")
    try await terminal.wait(for: "\n3\n")
    try await terminal.answer("config['tok\t | upper\r")
    try await terminal.wait(for: "\n\"S3CRET-TOKEN\"\n")
    // The line before the last one, changed.
    try await terminal.answer("\u{1B}[A\u{1B}[A\u{7F}2\r")
    try await terminal.wait(for: "\n4\n")
    try await terminal.answer("nonsense\u{3}")
    try await terminal.wait(for: "^C")
    try await terminal.answer("1 +\r")
    try await terminal.wait(for: "error: ")
    try await terminal.answer("\u{4}")
    #expect(await terminal.end() == 0)
  }

  /// A terminal is left as it was found, also where a signal ends the program.
  @Test(arguments: [false, true])
  func theTerminalIsRestored(bySignal: Bool) async throws {
    let terminal = try Terminal(["interpolate", "-i"], in: try Folder())
    try await terminal.wait(for: "> ")
    #expect(!terminal.echoes)
    if bySignal { terminal.terminate() } else { try terminal.type(":quit\r") }
    _ = await terminal.end()
    #expect(terminal.echoes)
  }
}
