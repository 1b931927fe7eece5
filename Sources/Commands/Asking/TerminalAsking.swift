import Essentials
import Scaffolding
import Secrets

/// Asks on the terminal: questions on standard error, answers from standard input.
struct TerminalAsking: Asking {
  private let terminal: Terminal

  init(_ terminal: Terminal) { self.terminal = terminal }

  /// Whether somebody is there who could answer.
  static var isPossible: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

  func ask(_ question: Question) throws -> String? {
    if let hint = question.hint { StandardOutput.show(terminal.styled(TerminalText.line(hint), .faint) + "\n") }
    var prompt = terminal.styled(TerminalText.line(question.text), .strong)
    if !question.choices.isEmpty { prompt += " (\(question.choices.joined(separator: ", ")))" }
    if let usual = question.usual, !usual.isEmpty { prompt += " [\(TerminalText.line(usual))]" }
    // Before the prompt, so that nothing of a quick answer is shown.
    let hidden = question.isSecret ? RawMode(keepsLines: true) : nil
    StandardOutput.show(prompt + ": ")
    let answer = readLine()
    if let hidden {
      hidden.end()
      StandardOutput.show("\n")
    }
    return answer
  }

  func tell(_ text: String) { StandardOutput.tell(text) }
}
