import AirbyteProtocol
import Bytes
import CSpawn
import Concurrency
import ConnectorModel
import Essentials
import Processes

/// A process of a group of its own, which is taken from the system's list in any case.
///
/// A thread waits for its end. It stays on the list, so that its number belongs to nobody else, until ``release()``: then what is left of
/// its group is ended.
final class SpawnedProcess: Sendable {
  private struct State {
    var hasEnded = false
    var isReleased = false
    var end: ProgramEnd?
  }

  let identifier: pid_t
  private let state = Monitor(State())
  /// Becomes readable when the process has ended.
  let ended: Descriptor
  private let slot: Int?

  /// - Parameters:
  ///   - output: what the process has as its standard output.
  ///   - errors: what it has as its standard error.
  /// - Throws: ``ConnectorError`` if it cannot be started.
  init(_ call: ProgramCall, output: Descriptor, errors: Descriptor) throws(ConnectorError) {
    let path = try call.executable()
    let bell: Descriptor
    ProgramRemains.begin()
    do throws(FileError) {
      let nothing = try Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC))
      (ended, bell) = try Self.pipe()
      identifier = try ProcessStart(
        path, words: call.words, environment: call.environment, descriptors: [nothing.number, output.number, errors.number],
        folder: call.folder, hasOwnGroup: true
      ).run()
    } catch {
      ProgramRemains.began()
      throw ConnectorError(
        error.code == ENOENT || error.code == ENOEXEC || error.code == EACCES ? .config : .system,
        "The program `\(call.name)` cannot be started: \(Self.reason(error))", internalMessage: "\(path): \(error)")
    }
    slot = ProgramRemains.add(group: identifier)
    ProgramRemains.began()
    let (state, identifier, slot, ended) = (state, identifier, slot, ended)
    // Both ends of the pipe, so that the byte has a reader in any case.
    let hasThread = SystemThread.start { withExtendedLifetime(ended) { Self.attend(identifier, state, bell, slot) } }
    guard hasThread else {
      kill(-identifier, SIGKILL)
      Self.attend(identifier, state, nil, slot, isReleased: true)
      throw ConnectorError(.transient, "The system gives no further thread, so that `\(call.name)` was not started")
    }
  }

  deinit { release() }

  private static func reason(_ error: FileError) -> String {
    switch error.code {
    case ENOENT: "its interpreter, which its first line names, is not installed"
    case ENOEXEC: "it is neither a program of this system nor a script whose first line names its interpreter"
    default: "\(error)"
    }
  }

  /// Sends a signal to the process and everything that it started, but for what has left its group.
  func signal(_ number: Int32) {
    // Once it is released, the number may be another's.
    state.change { if !$0.isReleased { kill(-identifier, number) } }
  }

  /// Whether the process has ended.
  var hasEnded: Bool { state.change { $0.hasEnded } }

  /// Ends what is left of the process and takes it from the system's list; it is to have ended by itself before.
  func release() {
    state.changeForAll { state in
      // Its number is its own until then.
      if !state.isReleased { kill(-identifier, SIGKILL) }
      state.isReleased = true
    }
  }

  /// Releases the process and waits until it is gone. Blocks the thread.
  func reap() -> ProgramEnd {
    release()
    return state.wait { state in state.end.map { .done($0) } ?? .wait(until: nil) }
  }

  private static func attend(
    _ identifier: pid_t, _ state: Monitor<State>, _ bell: Descriptor?, _ slot: Int?, isReleased: Bool = false
  ) {
    var information = siginfo_t()
    if !isReleased {
      while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
      state.changeForAll { $0.hasEnded = true }
      // Whoever started the thread still holds the pipe's end, so that to let it go would not close it.
      var byte: UInt8 = 0
      if let bell { _ = write(bell.number, &byte, 1) }
      state.wait { $0.isReleased ? .done(()) : .wait(until: nil) }
    }
    kill(-identifier, SIGKILL)
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
    if let slot { ProgramRemains.remove(group: slot) }
    state.changeForAll { $0.end = ProgramEnd(status: status) }
  }

  /// The ends of a pipe, above the numbers that a process gets, so that none of them is taken twice. No other process gets them.
  static func pipe() throws(FileError) -> (reading: Descriptor, writing: Descriptor) {
    var ends: [Int32] = [-1, -1]
    guard spawn_pipe(&ends) == 0 else { throw .system() }
    let moved = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 16) }
    for end in ends { close(end) }
    let reading = try Descriptor(moved[0])
    return (reading, try Descriptor(moved[1]))
  }
}
