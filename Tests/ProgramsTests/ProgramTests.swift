import ConnectorModel
import Foundation
import JSON
import Secrets
import Synchronization
import Testing

@testable import Programs

/// What becomes of programs, however they behave.
@Suite(.timeLimit(.minutes(15))) struct ProgramTests {
  private static let environment = ["PATH": "/usr/bin:/bin"]

  private func call(_ script: String, silence: Double? = 60, grace: Double = 10, longestLine: Int = 1 << 20) -> ProgramCall {
    ProgramCall(
      ["sh", "-c", script], environment: Self.environment,
      limits: .init(silence: silence, grace: grace, longestLine: longestLine))
  }

  private func texts(_ program: Program) async throws -> [String] {
    var texts: [String] = []
    while let lines = try await program.next() {
      lines.take().withUnsafeBytes { texts.append(String(decoding: $0, as: UTF8.self)) }
    }
    return texts
  }

  @Test func whatItWritesComesInWholeLines() async throws {
    let program = try Program(call("printf 'a\\nb\\nc'; printf d"), secrets: NoSecrets())
    let texts = try await texts(program)
    #expect(texts.joined() == "a\nb\ncd")
    // Only the last piece may lack a line end.
    #expect(texts.dropLast().allSatisfy { $0.hasSuffix("\n") })
    #expect(await program.finish().code == 0)
  }

  @Test func muchIsCutAtLineEnds() async throws {
    let program = try Program(
      call("i=0; while [ $i -lt 400 ]; do printf '%20000d\\n' $i; i=$((i+1)); done"), secrets: NoSecrets())
    var (count, bytes) = (0, 0)
    while let lines = try await program.next() {
      lines.take().withUnsafeBytes { text in
        bytes += text.count
        count += text.count { $0 == UInt8(ascii: "\n") }
        #expect(text.last == UInt8(ascii: "\n"))
      }
    }
    #expect(count == 400)
    #expect(bytes == 400 * 20_001)
    #expect(await program.finish().isSuccess)
  }

  @Test func standardErrorComesLineByLine() async throws {
    let lines = Mutex<[String]>([])
    let program = try Program(call("echo one >&2; echo >&2; printf two >&2; echo out; exit 3"), secrets: NoSecrets()) { line in
      lines.withLock { $0.append(line) }
    }
    #expect(try await texts(program) == ["out\n"])
    #expect(await program.finish().code == 3)
    #expect(lines.withLock { $0 } == ["one", "two"])
    #expect(program.lastWords == ["one", "two"])
  }

  @Test func lastWordsHaveNoSecrets() async throws {
    let mask = SecretMask()
    mask.hide("open-sesame")
    let program = try Program(call("echo 'the key open-sesame is wrong' >&2; exit 1"), secrets: mask)
    _ = try await texts(program)
    let end = await program.finish()
    let error = program.error(.system, "The program `sh` \(end)")
    #expect(error.message == "The program `sh` ended with status 1: the key **** is wrong")
    #expect(!"\(error.internalMessage ?? "")".contains("sesame"))
  }

  @Test func aProgramThatDiesSaysBySignal() async throws {
    let program = try Program(call("kill -9 $$"), secrets: NoSecrets())
    _ = try await texts(program)
    let end = await program.finish()
    #expect(end.signal == SIGKILL)
    #expect("\(end)" == "was ended by signal 9 (Killed)")
  }

  @Test func silenceEndsIt() async throws {
    let program = try Program(call("echo first; echo waiting >&2; sleep 1000", silence: 0.3), secrets: NoSecrets())
    let error = await #expect(throws: ConnectorError.self) { _ = try await self.texts(program) }
    #expect(error?.failureType == .transient)
    #expect(error?.message == "The program `sh` wrote nothing for 0.3 s and was ended: waiting")
    expectGone(program)
  }

  @Test func whatIgnoresTheSignalIsKilled() async throws {
    let program = try Program(call("trap '' TERM; echo ready; while :; do sleep 1000; done", grace: 0.2), secrets: NoSecrets())
    _ = try await program.next()
    let end = await program.stop()
    #expect(end.signal == SIGKILL)
    expectGone(program)
  }

  /// That it was ended by this program is said, and not that a signal came from somewhere.
  @Test func whatClosesItsOutputAndGoesOnIsEnded() async throws {
    let program = try Program(call("echo last; exec >&-; sleep 1000", grace: 0.2), secrets: NoSecrets())
    #expect(try await texts(program) == ["last\n"])
    let end = await program.finish()
    #expect(!end.isSuccess)
    #expect("\(end)" == "closed its output, did not end within 0.2 s, and was ended")
    expectGone(program)
  }

  @Test func whatItStartedEndsWithIt() async throws {
    let program = try Program(call("sleep 1000 & echo $!; exit 0"), secrets: NoSecrets())
    let text = try #require(await program.next()).take().withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    let child = try #require(pid_t(text.trimmingCharacters(in: .newlines)))
    #expect(try await program.next() == nil)
    #expect(await program.finish().isSuccess)
    while !Self.isGone(child) { await Task.yield() }
  }

  @Test func aLineWithoutEndIsRefused() async throws {
    let program = try Program(
      call("head -c 4000000 /dev/zero | tr '\\0' x; sleep 1000", longestLine: 1 << 20), secrets: NoSecrets())
    let error = await #expect(throws: ConnectorError.self) { _ = try await self.texts(program) }
    #expect(error?.message.contains("without a line end and was ended") == true)
    expectGone(program)
  }

  @Test func aCancelledTaskEndsIt() async throws {
    let program = try Program(call("trap '' TERM; echo ready; while :; do sleep 1000; done", grace: 0.2), secrets: NoSecrets())
    _ = try await program.next()
    let task = Task { try await self.texts(program) }
    task.cancel()
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    expectGone(program)
  }

  @Test func aProgramThatNobodyKeepsIsTakenAway() async throws {
    let identifier: pid_t
    do {
      let program = try Program(call("echo ready; sleep 1000"), secrets: NoSecrets())
      _ = try await program.next()
      identifier = program.identifier
      #expect(!Self.isGone(identifier))
    }
    while !Self.isGone(identifier) { await Task.yield() }
  }

  @Test func signalsAreNotBlockedInIt() async throws {
    var (all, own) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &own)
    let program = try Program(call("sh -c 'kill -TERM $$; echo still here'; echo $?"), secrets: NoSecrets())
    pthread_sigmask(SIG_SETMASK, &own, nil)
    #expect(try await texts(program).joined() == "143\n")
  }

  @Test(arguments: [
    (
      ["no-such-program"],
      "There is no program `no-such-program` on PATH: install it, or name it by its path, as in ./no-such-program"
    ),
    (["./missing.sh"], "There is no program ./missing.sh: check its path, which begins at the manifest's folder"),
    (["./plain.txt"], "The program ./plain.txt cannot be run: make it executable with `chmod +x`"),
    (["./folder"], "The program ./folder is a folder: name a file in it"),
    (["./lost.sh"], "The program `lost.sh` cannot be started: its interpreter, which its first line names, is not installed"),
    (
      ["./odd"],
      "The program `odd` cannot be started: it is neither a program of this system nor a script whose first line names its interpreter"
    ),
    ([""], "The command of a program is empty: name the program that is to be started"),
  ])
  func whatCannotBeStartedIsExplained(words: [String], sentence: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "programs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder.appending(path: "folder"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text, mode) in [("plain.txt", "x", 0o644), ("lost.sh", "#!/nowhere/sh\n", 0o755), ("odd", "\u{1}\u{2}", 0o755)] {
      let path = folder.appending(path: name).path
      #expect(FileManager.default.createFile(atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode]))
    }
    let call = ProgramCall(words, environment: Self.environment, folder: folder.path)
    let error = #expect(throws: ConnectorError.self) { _ = try Program(call, secrets: NoSecrets()) }
    #expect(error?.message == sentence)
    #expect(error?.failureType == .config)
  }

  @Test func aShortAnswerIsGathered() async throws {
    let output = try await Program.output(of: call("echo '{}'; echo note >&2; exit 2"), secrets: NoSecrets())
    #expect(String(decoding: output.text, as: UTF8.self) == "{}\n")
    #expect(output.end.code == 2)
    #expect(output.program.lastWords == ["note"])
    await #expect(throws: ConnectorError.self) {
      _ = try await Program.output(of: self.call("yes"), secrets: NoSecrets(), atMost: 1_000)
    }
  }

  @Test func filesForAProgramAreNobodyElses() throws {
    let path: String
    do {
      let folder = try PrivateFolder(environment: [:])
      path = try folder.write("config.json", "{}")
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
      let above = try FileManager.default.attributesOfItem(atPath: folder.path)
      #expect((above[.posixPermissions] as? NSNumber)?.intValue == 0o700)
      #expect(folder.text(of: "config.json") == "{}")
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  private static func isGone(_ identifier: pid_t) -> Bool {
    // A process that has ended and is not waited for still has its number; its state says so.
    guard kill(identifier, 0) == 0 else { return true }
    let status = (try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8)) ?? ""
    return status.contains(") Z ") && !status.contains(" \(getpid()) ")
  }

  private func expectGone(_ program: Program) { #expect(kill(program.identifier, 0) != 0) }
}
