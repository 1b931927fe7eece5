import Foundation
import LowCode

/// The process's standard output, which may be gone: that is an error like any other, and no signal.
enum StandardOutput {
  /// To be called before anything is opened.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    // Where standard output is closed from the start, the next file or connection opened would take its place.
    if fcntl(STDOUT_FILENO, F_GETFD) < 0 { _ = open("/dev/null", O_RDONLY) }
  }

  /// - Throws: ``OutputClosed`` where nothing can be written any more.
  static func write(line: String) throws {
    var text = line + "\n"
    try text.withUTF8 { try DescriptorOutput(descriptor: STDOUT_FILENO).write(UnsafeRawBufferPointer($0)) }
  }

  /// Tells people, on standard error.
  static func tell(_ text: String) {
    // Not through FileHandle, which ends the process where standard error is closed.
    var text = text + "\n"
    text.withUTF8 { try? DescriptorOutput(descriptor: STDERR_FILENO).write(UnsafeRawBufferPointer($0)) }
  }
}
