import Bytes
import Engine
import Essentials
import Secrets
import Synchronization

/// The process's standard output, which may be closed: that is an error like any other, not a signal.
enum StandardOutput {
  /// The descriptor to write to; one that is not open where standard output was closed from the start.
  static let descriptor: Int32 = {
    signal(SIGPIPE, SIG_IGN)
    var status = stat()
    // Then its number went to something of the runtime's own, which is neither file, pipe, socket nor device.
    return fstat(STDOUT_FILENO, &status) == 0 && status.st_mode & S_IFMT != 0 ? STDOUT_FILENO : -1
  }()

  /// - Throws: ``OutputClosed`` if nothing can be written any more.
  static func write(line: String) throws {
    var text = line + "\n"
    try text.withUTF8 { try DescriptorOutput(descriptor: descriptor).write(UnsafeRawBufferPointer($0)) }
  }

  /// Whether people see what is written.
  static let isTerminal = isatty(descriptor) == 1

  /// Writes JSON, or a text of which all values are JSON. A terminal is shown what it would obey, or what nobody would see, as escapes.
  /// - Throws: ``OutputClosed`` if nothing can be written any more.
  static func write(json text: String) throws { try write(line: isTerminal ? TerminalText.json(text) : text) }

  /// Writes a text for people, of one or more lines.
  /// - Throws: ``OutputClosed`` if nothing can be written any more.
  static func write(text: String) throws { try write(line: TerminalText.lines(text)) }

  /// Writes a text for people, of one or more lines, in which parts have a look. A terminal obeys nothing else in it.
  /// - Parameters:
  ///   - terminal: what standard output can show.
  ///   - text: makes the text with the looks that it is given.
  /// - Throws: ``OutputClosed`` if nothing can be written any more, and what `text` throws.
  static func write(
    on terminal: Terminal, text: (@escaping @Sendable (String, Terminal.Style) -> String) throws -> String
  ) throws {
    guard terminal.hasColors else { return try write(text: text { text, _ in text }) }
    // No data knows these marks, which become looks when everything else is harmless.
    let mark = "\u{E000}" + String(UInt64.random(in: .min ... .max), radix: 16)
    let marked = try text { text, style in "\(mark)\(style.rawValue)m\(text)\(mark)0m" }
    try write(line: TerminalText.lines(marked).replacing(mark, with: "\u{1B}["))
  }

  private static let lastWork = Mutex<(@Sendable () -> Void)?>(nil)

  /// Does `work` before the process ends because its reader has seen enough.
  static func beforeLeaving(_ work: @escaping @Sendable () -> Void) { lastWork.withLock { $0 = work } }

  /// Ends the process as other programs end whose reader has seen enough: without a word, by SIGPIPE.
  static func endAsItsReaderLeft() -> Never {
    lastWork.withLock { $0 }?()
    signal(SIGPIPE, SIG_DFL)
    raise(SIGPIPE)
    _exit(128 + SIGPIPE)
  }

  /// The file that standard output goes to; nil if it goes elsewhere.
  static let file: String? = {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/fd/\(descriptor)", &path, path.count - 1)
    guard count > 0 else { return nil }
    let text = String(decoding: path.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let folder = FileManager.default.currentDirectoryPath + "/"
    return text.hasPrefix(folder) ? String(text.dropFirst(folder.count)) : text
  }()

  /// Whether standard output is written over the file at `path`, and not behind what is there.
  static func replaces(_ path: String) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, fcntl(descriptor, F_GETFL) & O_APPEND == 0 else {
      return false
    }
    return FileIdentity(path: path) == FileIdentity(status)
  }

  /// Writes a text that is safe to show, as it is, on standard error.
  static func show(_ text: String) {
    // Not through FileHandle, which ends the process where standard error is closed.
    var text = text
    text.withUTF8 { try? DescriptorOutput(descriptor: STDERR_FILENO).write(UnsafeRawBufferPointer($0)) }
  }

  /// Tells people something in one line, on standard error.
  static func tell(_ text: String) { tell(lines: TerminalText.line(text)) }

  /// Tells people something in one line, on standard error, if that can be written without waiting for its reader.
  static func tellWhereRead(_ text: String) {
    var place = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
    if poll(&place, 1, 0) == 1, place.revents & Int16(POLLOUT) != 0 { tell(text) }
  }

  /// Tells people something in one or more lines, on standard error.
  static func tell(lines text: String) {
    show(TerminalText.lines(text) + "\n")
  }
}

/// Standard output as the place of messages. If it takes no more, the process ends at once: it would wait in vain for
/// requests that are running.
struct ProtocolOutput: LineOutput {
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    let output = DescriptorOutput(descriptor: StandardOutput.descriptor)
    do {
      if StandardOutput.isTerminal {
        var shown = TerminalText.json(String(decoding: bytes, as: UTF8.self))
        try shown.withUTF8 { try output.write(UnsafeRawBufferPointer($0)) }
      } else {
        try output.write(bytes)
      }
    } catch {
      if (error as? OutputClosed)?.code == EPIPE { StandardOutput.endAsItsReaderLeft() }
      StandardOutput.tell("error: \(error)")
      _exit(EXIT_FAILURE)
    }
  }
}

/// The place of messages that nobody reads.
struct NoOutput: LineOutput {
  func write(_ bytes: UnsafeRawBufferPointer) {}
}

/// Shows on standard error what a report leaves out and must not be lost: a token that can be used once was renewed.
struct ControlLines: LineOutput {
  private static let mark = Array(#"{"type":"CONTROL""#.utf8)

  func write(_ bytes: UnsafeRawBufferPointer) {
    if bytes.starts(with: Self.mark) { StandardOutput.show(String(decoding: bytes, as: UTF8.self)) }
  }
}
