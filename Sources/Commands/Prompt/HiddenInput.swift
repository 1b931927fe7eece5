import Concurrency
import Essentials
import Synchronization

/// Reads lines of standard input that a terminal does not show, such as secrets and codes. Waiting for one ends when its task is
/// cancelled.
final class HiddenInput: Sendable {
  /// What is typed in a terminal: shown, or not.
  enum Echo { case shown, hidden }

  /// Whether a terminal is read.
  static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// The next line; nil at the end of the input.
  /// - Parameter prompt: is shown once nothing that is typed shows by itself any more.
  static func line(_ echo: Echo, prompt: String) async -> String? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    let (hearing, bell) = (ends[0], ends[1])
    // The bell rings once at most, and never after it was closed.
    let isOver = Mutex(false)
    let line = await withTaskCancellationHandler {
      await BlockingExecutor.shared.run { read(echo, prompt, until: hearing) }
    } onCancel: {
      isOver.withLock { isOver in
        var byte: UInt8 = 0
        if !isOver { _ = write(bell, &byte, 1) }
      }
    }
    isOver.withLock { $0 = true }
    close(hearing)
    close(bell)
    return line
  }

  private static func read(_ echo: Echo, _ prompt: String, until bell: Int32) -> String? {
    // Each key as it is pressed: lines of a terminal end after 4,096 bytes, and a code may be longer.
    let mode = isTerminal ? RawMode() : nil
    StandardOutput.show(prompt)
    var interrupted = false
    var bytes: [UInt8] = []
    var isWhole = false
    reading: while let byte = next(until: bell) {
      switch byte {
      case 0x0A, 0x0D:
        isWhole = true
        break reading
      case 0x03 where mode != nil:
        interrupted = true
        break reading
      case 0x04 where mode != nil:
        if bytes.isEmpty { break reading }
      case 0x7F where mode != nil, 0x08 where mode != nil:
        // A character may have several bytes.
        guard !bytes.isEmpty else { continue }
        while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
        if echo == .shown { StandardOutput.show("\u{8} \u{8}") }
      case 0x15 where mode != nil:
        if echo == .shown { for _ in 0..<String(decoding: bytes, as: UTF8.self).count { StandardOutput.show("\u{8} \u{8}") } }
        bytes = []
      // A paste is put into brackets by some terminals, where a program asked for that; this one does not. Other keys say nothing here.
      case ..<0x20 where mode != nil && byte != 0x09: break
      default:
        bytes.append(byte)
        if mode != nil, echo == .shown { show(byte) }
      }
    }
    mode?.end()
    if mode != nil { StandardOutput.show("\n") }
    if interrupted {
      signal(SIGINT, SIG_DFL)
      kill(getpid(), SIGINT)
      return nil
    }
    if !isWhole, bytes.isEmpty { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func show(_ byte: UInt8) {
    var byte = byte
    _ = write(STDERR_FILENO, &byte, 1)
  }

  /// The next byte; nil at the end of the input, or if the bell rings.
  private static func next(until bell: Int32) -> UInt8? {
    while true {
      var places = [
        pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0), pollfd(fd: bell, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&places, 2, -1) >= 0 || errno == EINTR else { return nil }
      if places[1].revents != 0 { return nil }
      guard places[0].revents != 0 else { continue }
      var byte: UInt8 = 0
      let count = Essentials.read(STDIN_FILENO, &byte, 1)
      if count == 1 { return byte }
      if count < 0, errno == EINTR { continue }
      return nil
    }
  }
}
