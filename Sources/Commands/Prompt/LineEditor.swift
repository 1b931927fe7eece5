import Bytes
import Essentials
import Secrets

/// Asks for lines on a terminal, with editing, a history and completion. It knows the sequences that every terminal of today
/// understands, so that it needs no library.
struct LineEditor {
  /// What can be written at the cursor: the names, and how many characters before the cursor they replace.
  struct Completion {
    var names: [String] = []
    var replaced = 0
    /// What is behind a name that is the only one.
    var suffix = ""
  }

  private let prompt: String
  private let complete: (_ beforeCursor: String) -> Completion
  private var history: [String] = []
  private var decoder = KeyDecoder()

  /// - Parameter complete: what can be written behind a beginning of the line.
  init(prompt: String, complete: @escaping (_ beforeCursor: String) -> Completion) {
    self.prompt = prompt
    self.complete = complete
  }

  /// Whether lines can be edited: the process reads from a terminal, and one shows what it says.
  static func isPossible(environment: [String: String]) -> Bool {
    isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 && environment["TERM"] ?? "dumb" != "dumb"
  }

  /// The next line; nil at the end of the input.
  mutating func line() -> String? {
    guard let raw = RawMode() else { return nil }
    defer { raw.end() }
    var buffer = LineBuffer(history: history)
    var hasJustCompleted = false
    show(buffer)
    while let byte = Self.byte() {
      guard let key = decoder.key(endingWith: byte) else { continue }
      switch key {
      case .enter:
        StandardOutput.show("\n")
        let text = buffer.text
        if !text.isEmpty, history.last != text { history.append(text) }
        return text
      case .interrupt:
        StandardOutput.show("^C\n")
        buffer = LineBuffer(history: history)
      case .endOfInput:
        guard buffer.characters.isEmpty else {
          buffer.apply(.delete)
          break
        }
        StandardOutput.show("\n")
        return nil
      case .clear: StandardOutput.show("\u{1B}[H\u{1B}[2J")
      case .tab: completeLine(&buffer, listing: hasJustCompleted)
      default: buffer.apply(key)
      }
      hasJustCompleted = key == .tab
      // What is pasted is shown once it is there.
      if !Self.isMoreThere { show(buffer) }
    }
    StandardOutput.show("\n")
    return nil
  }

  private func completeLine(_ buffer: inout LineBuffer, listing: Bool) {
    let completion = complete(buffer.beforeCursor)
    guard let first = completion.names.first else { return }
    let common = completion.names.dropFirst().reduce(first) { String(zip($0, $1).prefix { $0 == $1 }.map(\.0)) }
    let isOnly = completion.names.count == 1
    buffer.insert(common.dropFirst(completion.replaced) + (isOnly ? completion.suffix : ""))
    if !isOnly, listing { list(completion.names) }
  }

  /// Shows names in columns below the line.
  private func list(_ names: [String]) {
    let terminal = Terminal(.never, environment: ProcessInfo.processInfo.environment)
    let width = (names.map(\.count).max() ?? 0) + 2
    let columns = max(1, terminal.width / width)
    var text = "\n"
    for start in stride(from: 0, to: names.count, by: columns) {
      let row = names[start..<min(start + columns, names.count)].map { $0 + String(repeating: " ", count: width - $0.count) }
      text += TerminalText.line(row.joined()) + "\n"
    }
    StandardOutput.show(text)
  }

  /// Writes the line anew, as much of it as fits around the cursor.
  private func show(_ buffer: LineBuffer) {
    let room = max(
      Terminal(.never, environment: ProcessInfo.processInfo.environment).width - TextWidth.columns(of: prompt) - 1, 8)
    func width(_ place: Int) -> Int { TextWidth.columns(of: String(buffer.characters[place])) }
    var (first, before) = (buffer.cursor, 0)
    while first > 0, before + width(first - 1) <= room {
      first -= 1
      before += width(first)
    }
    var (last, shown) = (buffer.cursor, before)
    while last < buffer.characters.count, shown + width(last) <= room {
      shown += width(last)
      last += 1
    }
    let column = TextWidth.columns(of: prompt) + before
    let text = TerminalText.line(String(buffer.characters[first..<last]))
    StandardOutput.show("\r\(prompt)\(text)\u{1B}[K\r\u{1B}[\(column)C")
  }

  /// Whether more was typed than was read.
  private static var isMoreThere: Bool {
    var place = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    return poll(&place, 1, 0) == 1 && place.revents & Int16(POLLIN) != 0
  }

  private static func byte() -> UInt8? {
    var byte: UInt8 = 0
    while true {
      let count = read(STDIN_FILENO, &byte, 1)
      if count == 1 { return byte }
      if count < 0, errno == EINTR { continue }
      return nil
    }
  }
}

/// The mode of a terminal in which each key arrives as it is pressed. A signal that ends the process restores the terminal first.
struct RawMode {
  /// Sound to share: only this type writes, before a handler that reads it is there.
  private static let saved = SharedPointer(OpaquePointer(UnsafeMutablePointer<termios>.allocate(capacity: 1)))

  private static var place: UnsafeMutablePointer<termios> { saved.raw.assumingMemoryBound(to: termios.self) }

  /// Nil if standard input is not a terminal.
  /// - Parameter keepsLines: whether the terminal still edits lines and knows Ctrl-C, and only shows nothing of what is typed.
  init?(keepsLines: Bool = false) {
    var state = termios()
    guard tcgetattr(STDIN_FILENO, &state) == 0 else { return nil }
    Self.place.initialize(to: state)
    // Whoever started the program may have left signals blocked.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in Self.signals { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    for number in Self.signals {
      signal(number) { number in
        tcsetattr(STDIN_FILENO, TCSADRAIN, RawMode.place)
        signal(number, SIG_DFL)
        raise(number)
      }
    }
    state.c_lflag &= ~tcflag_t(keepsLines ? ECHO : ICANON | ECHO | ISIG | IEXTEN)
    if !keepsLines { state.c_iflag &= ~tcflag_t(ICRNL | IXON | ISTRIP) }
    tcsetattr(STDIN_FILENO, TCSADRAIN, &state)
  }

  /// Makes the terminal as it was.
  func end() {
    tcsetattr(STDIN_FILENO, TCSADRAIN, Self.place)
    for number in Self.signals { signal(number, SIG_DFL) }
  }

  /// The signals that end the process, after which the terminal should be as it was.
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
}
