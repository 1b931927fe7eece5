import AirbyteProtocol
import ConnectorModel
import Engine
import Essentials
import JSON
import Secrets
import Synchronization

/// Shows on a terminal how a command goes: a line for each stream that is read, rewritten in place, and above them what happened
/// that the user should know: warnings, errors, waits.
final class TerminalProgress: RunWatcher {
  private struct Stream {
    let name: String
    let started: Int64
    var counts = ProgressCounts()
    /// Until when its request waits, and why.
    var wait: (until: Int64, reason: String)?
  }

  private struct State {
    var streams: [Stream] = []
    var totals = ProgressCounts()
    var complete = 0
    var failed = 0
    var hasState = false
    /// How many lines can be written over.
    var shownLines = 0
    var shown: Int64 = 0
  }

  /// The shortest time between two pictures, in microseconds.
  private static let frame: Int64 = 100_000
  /// Waits from this length on get a line where lines stay.
  private static let longWait = 1.0

  private let terminal: Terminal
  private let now: @Sendable () -> Int64
  private let secrets: any Secrets
  private let continuation: Continuation
  private let started: Int64
  private let state = Mutex(State())

  /// How the next read continues from this one.
  enum Continuation {
    /// By the messages that it printed.
    case messages
    /// By what the folder that it wrote to keeps.
    case folder
    /// Not at all: states are kept nowhere.
    case none
  }

  init(
    _ terminal: Terminal, now: @escaping @Sendable () -> Int64, hiding secrets: any Secrets,
    continuation: Continuation = .messages
  ) {
    self.terminal = terminal
    self.now = now
    self.secrets = secrets
    self.continuation = continuation
    started = now()
  }

  // MARK: Streams

  private func started(_ stream: String) {
    state.withLock { state in
      state.streams.append(Stream(name: stream, started: now()))
      draw(&state, isDue: true)
    }
  }

  private func ended(_ stream: String, isComplete: Bool) {
    state.withLock { state in
      guard let place = state.streams.firstIndex(where: { $0.name.sameScalars(as: stream) }) else { return }
      let entry = state.streams.remove(at: place)
      state.totals.add(entry.counts)
      if isComplete { state.complete += 1 } else { state.failed += 1 }
      show(
        line(entry.name, entry.counts, since: entry.started, isComplete ? "complete" : "not complete", isGood: isComplete), &state
      )
    }
  }

  /// Draws what changes over time: the time that passed, and what is left of waits.
  func tick() { state.withLock { draw(&$0, isDue: true) } }

  /// Shows the closing summary.
  func summarize() {
    state.withLock { state in
      guard state.complete + state.failed > 0 else { return }
      for text in summary(state) { show(text, &state) }
    }
  }

  // MARK: What happens

  func logged(_ level: LogLevel, _ message: String) {
    switch level {
    case .warn: note("warning", .warning, message)
    case .fatal: note("error", .bad, message)
    case .debug: if terminal.isApart { detail(message) }
    // What ends something is shown as the error that it ends with.
    default: break
    }
  }

  func failed(_ message: String, stream: String?) {
    note("error", .bad, (stream.map { "\($0): " } ?? "") + message)
  }

  func keptState(of stream: String, isOfCursor: Bool) {
    guard isOfCursor else { return }
    state.withLock { if !$0.hasState { $0.hasState = true } }
  }

  func happened(_ event: RunEvent) {
    switch event {
    case .streamStarted(let stream): started(stream)
    case .recordsRead(let stream, let count): update(stream) { $0.counts.records += count }
    case .streamEnded(let stream, let isComplete): ended(stream, isComplete: isComplete)
    case .pageRead(let stream):
      update(stream) {
        $0.counts.pages += 1
        $0.wait = nil
      }
    case .waiting(let stream, let seconds, let reason):
      let isShown = state.withLock { state -> Bool in
        let until = now() + Int64(min(seconds, 1e9) * 1_000_000)
        guard terminal.canRewrite,
          let place = stream.map({ name in state.streams.firstIndex { $0.name.sameScalars(as: name) } }) ?? 0,
          state.streams.indices.contains(place)
        else { return false }
        state.streams[place].wait = (until, reason)
        draw(&state, isDue: true)
        return true
      }
      if !isShown, seconds >= Self.longWait {
        note("waiting", .faint, (stream.map { "\($0): " } ?? "") + "\(seconds.fixed(1)) s (\(reason))")
      }
    }
  }

  func checked(succeeded: Bool, _ message: String?) {
    result(succeeded ? "The connection works." : "The connection failed: \(message ?? "no reason is known")", isGood: succeeded)
  }

  func listed(streams: Int) { result("Found \(ProgressCounts.count(streams, "stream")).", isGood: true) }

  private func result(_ text: String, isGood: Bool) {
    state.withLock { show(terminal.styled(TerminalText.line(secrets.masked(text)), isGood ? .good : .bad), &$0) }
  }

  private func note(_ label: String, _ style: Terminal.Style, _ message: String) {
    let text = TerminalText.line(secrets.masked(message))
    state.withLock { show(terminal.styled("\(label):", style) + " " + text, &$0) }
  }

  /// Shows a line that is of use to some alone, as far as it fits.
  private func detail(_ message: String) {
    let text = TextWidth.fitting(TerminalText.line(secrets.masked(message)), in: max(20, terminal.width - 1))
    state.withLock { show(terminal.styled(text, .faint), &$0) }
  }

  private func update(_ stream: String, _ change: (inout Stream) -> Void) {
    state.withLock { state in
      guard let place = state.streams.firstIndex(where: { $0.name.sameScalars(as: stream) }) else { return }
      change(&state.streams[place])
      draw(&state, isDue: false)
    }
  }

  // MARK: Drawing

  /// Shows a line that stays, above the ones that change.
  private func show(_ line: String, _ state: inout State) {
    put(erasing(state) + line + "\n", &state)
  }

  private func draw(_ state: inout State, isDue: Bool) {
    guard isDue || now() - state.shown >= Self.frame else { return }
    put(erasing(state), &state)
  }

  private func erasing(_ state: State) -> String { state.shownLines > 0 ? "\u{1B}[\(state.shownLines)A\r\u{1B}[J" : "" }

  /// Writes a beginning of a picture with the lines that change below.
  private func put(_ beginning: String, _ state: inout State) {
    let lines = terminal.canRewrite ? liveLines(state) : []
    state.shownLines = lines.count
    state.shown = now()
    var text = beginning
    for line in lines { text += line + "\n" }
    if !text.isEmpty { StandardOutput.show(text) }
    Interruption.prepare(erasing(state) + summary(state).map { $0 + "\n" }.joined())
  }

  private func liveLines(_ state: State) -> [String] {
    let room = max(1, terminal.height - 2)
    var lines = state.streams.prefix(room).map { entry -> String in
      var note: String?
      if let wait = entry.wait, wait.until >= now() + Self.frame {
        note = "waits \(ProgressCounts.seconds(wait.until - now())) s: \(wait.reason)"
      }
      return line(entry.name, entry.counts, since: entry.started, note, isGood: nil)
    }
    if state.streams.count > room { lines[room - 1] = "… and \(state.streams.count - room + 1) more streams" }
    return lines
  }

  private func line(_ name: String, _ counts: ProgressCounts, since start: Int64, _ note: String?, isGood: Bool?) -> String {
    let name = TerminalText.line(secrets.masked(name))
    let text = counts.line(name, microseconds: now() - start, note: note, width: terminal.isThere ? terminal.width - 1 : .max)
    switch isGood {
    case true?: return terminal.styled(text, .good)
    case false?: return terminal.styled(text, .bad)
    case nil: return note == nil ? text : terminal.styled(text, .warning)
    }
  }

  /// The lines that end a read, however it ends.
  private func summary(_ state: State) -> [String] {
    var totals = state.totals
    for stream in state.streams { totals.add(stream.counts) }
    let failed = state.failed + state.streams.count
    let streams = ProgressCounts.count(state.complete + failed, "stream") + (failed > 0 ? " (\(failed) not complete)" : "")
    // This line stays, so that it may be longer than the terminal is wide.
    var lines = [totals.line("Read \(streams)", microseconds: now() - started, note: nil, width: .max)]
    let purpose = failed > 0 ? "To continue from where this ended" : "To read only what is new next time"
    switch continuation {
    case .none: break
    case .folder: if state.hasState { lines.append("\(purpose): the same command again") }
    case .messages where state.hasState && totals.records > 0:
      // A shell empties the file that it writes to before it is read.
      let place =
        StandardOutput.file.map { "--state \($0), and another file for the output" }
        ?? "--state and the file that keeps this output"
      lines.append("\(purpose): \(TerminalText.line(place))")
    case .messages: break
    }
    return lines
  }
}

/// What was read.
struct ProgressCounts {
  var records = 0
  var pages = 0

  mutating func add(_ other: ProgressCounts) {
    records += other.records
    pages += other.pages
  }

  /// One line about them, no wider than `width` columns: what is least needed is left out first.
  /// - Parameter note: its status or how it ended.
  func line(_ name: String, microseconds: Int64, note: String?, width: Int) -> String {
    let rate = "\(Int(Double(records) / max(Double(microseconds) / 1_000_000, 0.001))) records/s"
    let elapsed = "\(Self.seconds(microseconds)) s"
    let counts = [Self.count(records, "record"), Self.count(pages, "page")]
    let end = note.map { [$0] } ?? []
    let wide = counts + [rate, elapsed] + end
    let last = note.map { [$0] } ?? [counts[0]]
    for parts in [wide, counts + [elapsed] + end, counts + end, [counts[0]] + end, last] {
      let text = "\(name): \(parts.joined(separator: ", "))"
      if TextWidth.columns(of: text) <= width { return text }
    }
    let rest = ": " + last[0]
    let room = max(width - TextWidth.columns(of: rest), min(width / 3, 16))
    return TextWidth.fitting(TextWidth.fitting(name, in: room) + rest, in: width)
  }

  static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  static func seconds(_ microseconds: Int64) -> String { (Double(microseconds) / 1_000_000).fixed(1) }
}
