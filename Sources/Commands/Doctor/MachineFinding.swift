import JSON
import Secrets

/// What `doctor` says of one thing that a connector may need.
struct MachineFinding: Sendable {
  enum State: String, Sendable {
    /// It works.
    case works = "ok"
    /// It is not there, or was not tried, and not everybody needs it.
    case note
    /// It is needed, and does not work.
    case fails
  }

  let subject: String
  let state: State
  let text: String
  /// What the user can do.
  var remedy: String?

  static func works(_ subject: String, _ text: String) -> MachineFinding {
    MachineFinding(subject: subject, state: .works, text: text)
  }

  static func note(_ subject: String, _ text: String, remedy: String? = nil) -> MachineFinding {
    MachineFinding(subject: subject, state: .note, text: text, remedy: remedy)
  }

  static func fails(_ subject: String, _ text: String, remedy: String? = nil) -> MachineFinding {
    MachineFinding(subject: subject, state: .fails, text: text, remedy: remedy)
  }

  var json: JSONValue {
    var object: JSONObject = ["subject": .string(subject), "state": .string(state.rawValue), "text": .string(text)]
    if let remedy { object["remedy"] = .string(remedy) }
    return .object(object)
  }

  /// The line of this finding.
  /// - Parameter width: how many columns the subjects take.
  func line(width: Int, styled: (String, Terminal.Style) -> String) -> String {
    let style: Terminal.Style =
      switch state {
      case .works: .good
      case .note: .faint
      case .fails: .bad
      }
    let mark = styled(state.rawValue, style) + String(repeating: " ", count: 5 - state.rawValue.count)
    let name = subject + String(repeating: " ", count: width - subject.count)
    return "\(mark)  \(name)  " + TerminalText.line(text + (remedy.map { ": \($0)" } ?? ""))
  }
}
