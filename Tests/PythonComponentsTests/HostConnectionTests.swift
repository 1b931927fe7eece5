import ConnectorModel
import JSON
import Testing

@testable import PythonComponents

@Suite(.enabled(if: FakeHost.isPossible, "There is no python3."))
struct HostConnectionTests {
  private let subject = FakeHost.subject()

  @Test func answersFindTheirCallsInAnyOrder() async throws {
    // Each pair of calls is answered the second one first.
    let host = try FakeHost(
      """
      kept.append((number, body))
      if len(kept) == 2:
          for kept_number, kept_body in reversed(kept): reply({"n": kept_number, "ok": True}, kept_body)
          kept = []
      """)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<40 {
        group.addTask {
          let reply = try await host.connection.call(subject, "echo", [:], [[UInt8(number)]])
          return reply.body == [UInt8(number)]
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }

  @Test func aBodyOfSeveralMegabytesGoesThereAndBack() async throws {
    let host = try FakeHost(#"reply({"n": number, "ok": True, "parts": [len(body) - 3, 3]}, body)"#)
    let bytes = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0) }
    let reply = try await host.connection.call(subject, "echo", [:], [bytes])
    #expect(reply.parts.count == 2)
    #expect(Array(reply.parts.joined()) == bytes)
  }

  @Test func partsAreTakenApart() async throws {
    let host = try FakeHost(#"reply({"n": number, "ok": True, "given": header["parts"], "parts": [1, 0, 2]}, b"abc")"#)
    let reply = try await host.connection.call(subject, "echo", [:], [[1, 2], [], [3]])
    #expect(reply["given"] == .array([.int(2), .int(0), .int(1)]))
    #expect(reply.parts == [[97], [], [98, 99]])
  }

  @Test(arguments: [
    ("os.kill(os.getpid(), signal.SIGSEGV)", "ended by signal 11"), ("os._exit(3)", "ended with status 3"),
    ("os.close(4); time.sleep(3600)", "ended by signal 9"), (#"os.write(4, b"x" * 200)"#, "does not keep to the protocol"),
    (#"os.write(4, struct.pack("<II", 2, 0) + b"[]")"#, "does not keep to the protocol (its header is no JSON object)"),
  ])
  func aHostThatEndsFailsItsCalls(deed: String, end: String) async throws {
    let host = try FakeHost("if header['op'] == 'die':\n    \(deed)")
    let waiting = Task { try await host.connection.call(subject.asked("filter_records"), "wait") }
    try await Task.sleep(nanoseconds: 1)
    let failure = await #expect(throws: ConnectorError.self) { try await host.connection.call(subject, "die") }
    #expect(failure?.message.contains("The host \(end)") == true, "\(failure?.message ?? "")")
    #expect(failure?.message.contains("while `Sort.transform` ran") == true)
    await #expect(throws: ConnectorError.self) { _ = try await waiting.value }
    let later = await #expect(throws: ConnectorError.self) { try await host.connection.call(subject, "later") }
    #expect(later?.message.hasPrefix("`Sort.transform` cannot be called: the host \(end)") == true, "\(later?.message ?? "")")
  }

  @Test func aCallThatIsCancelledDoesNotWait() async throws {
    let host = try FakeHost("pass")
    let call = Task { try await host.connection.call(subject, "wait") }
    call.cancel()
    await #expect(throws: CancellationError.self) { try await call.value }
  }

  @Test func whatIsPrintedAndLoggedAndSecretIsPassedOn() async throws {
    let host = try FakeHost(
      """
      print("to output", flush=True)
      print("to error", file=sys.stderr, flush=True)
      reply({"secrets": ["hush"], "log": [{"level": "WARN", "message": "mind hush"}]})
      reply({"n": number, "ok": True, "control": [{"type": "CONTROL"}]})
      """)
    _ = try await host.connection.call(subject, "speak")
    #expect(host.log.lines.contains("WARN mind hush"))
    #expect(host.hidden.all == ["hush"])
    #expect(host.connection.takeMessages() == [["type": .string("CONTROL")]])
    // What is printed comes by other pipes.
    while !(host.log.lines.contains("INFO to output") && host.log.lines.contains("INFO err: to error")) { await Task.yield() }
  }

  @Test func aCallThatTakesLongIsMentionedOnce() async throws {
    let host = try FakeHost("time.sleep(0.2); reply({'n': number, 'ok': True})", patience: 0)
    _ = try await host.connection.call(subject, "slow")
    #expect(host.log.lines == ["WARN `Sort.transform` has been running for more than 0 s."])
  }
}
