import Concurrency
import Essentials
import Secrets
import Synchronization

/// One line on a terminal that says what a command is doing, written over again and again. Elsewhere there is nothing.
final class ProgressLine: Sendable {
  private let terminal: Terminal
  private let isShown = Mutex(false)

  init(_ terminal: Terminal) { self.terminal = terminal }

  /// Whether it is ever shown.
  var isThere: Bool { terminal.canErase }
  /// How many columns it may take.
  var width: Int { terminal.width - 1 }

  /// Puts a text, which has one line, in the place of the one before.
  func show(_ text: String, _ style: Terminal.Style? = nil) {
    guard isThere else { return }
    let line = TextWidth.fitting(TerminalText.line(text), in: width)
    isShown.withLock { isShown in
      StandardOutput.show((isShown ? Self.erasure : "") + (style.map { terminal.styled(line, $0) } ?? line) + "\n")
      isShown = true
    }
  }

  /// Removes the line, so that something else can be written in its place.
  func clear() {
    isShown.withLock { isShown in
      if isShown { StandardOutput.show(Self.erasure) }
      isShown = false
    }
  }

  private static let erasure = "\u{1B}[1A\r\u{1B}[J"

  /// Calls `tick` twice a second, by the machine's clock, while `body` runs.
  static func ticking<Result: Sendable>(_ tick: @escaping @Sendable () -> Void, _ body: () async throws -> Result) async throws
    -> Result
  {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        while true {
          try await TaskThreads.shared.sleep(0.5)
          tick()
        }
      }
      defer { group.cancelAll() }
      return try await body()
    }
  }
}
