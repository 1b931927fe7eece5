import Foundation
import LowCode

/// The process's standard output, which may be gone: that is an error like any other, and no signal.
enum StandardOutput {
  /// The descriptor to write to; one that is not open where standard output was closed from the start.
  static let descriptor: Int32 = {
    signal(SIGPIPE, SIG_IGN)
    var status = stat()
    // Then its number went to something of the runtime's own, which is neither file, pipe, socket nor device.
    return fstat(STDOUT_FILENO, &status) == 0 && status.st_mode & S_IFMT != 0 ? STDOUT_FILENO : -1
  }()

  /// - Throws: ``OutputClosed`` where nothing can be written any more.
  static func write(line: String) throws {
    var text = line + "\n"
    try text.withUTF8 { try DescriptorOutput(descriptor: descriptor).write(UnsafeRawBufferPointer($0)) }
  }

  /// Writes a text for people, of one or more lines.
  /// - Throws: ``OutputClosed`` where nothing can be written any more.
  static func write(text: String) throws { try write(line: TerminalText.lines(text)) }

  /// Tells people something in one line, on standard error.
  static func tell(_ text: String) { tell(lines: TerminalText.line(text)) }

  /// Tells people something in one or more lines, on standard error.
  static func tell(lines text: String) {
    // Not through FileHandle, which ends the process where standard error is closed.
    var text = TerminalText.lines(text) + "\n"
    text.withUTF8 { try? DescriptorOutput(descriptor: STDERR_FILENO).write(UnsafeRawBufferPointer($0)) }
  }
}

/// Standard output as the place of messages. Where it takes no more, the process ends at once: requests that are under way
/// would be waited for in vain.
struct ProtocolOutput: LineOutput {
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    do {
      try DescriptorOutput(descriptor: StandardOutput.descriptor).write(bytes)
    } catch {
      StandardOutput.tell("error: \(error)")
      _exit(EXIT_FAILURE)
    }
  }
}
