/// Texts for XML, such as JUnit's reports.
package enum XMLText {
  /// A text that is one line. What XML cannot hold, and what nobody could see in it, is written as an escape.
  package static func line(_ text: String) -> String { quoted(TerminalText.line(text)) }

  /// A text of several lines, whose line breaks stay.
  package static func lines(_ text: String) -> String { quoted(TerminalText.lines(text)) }

  private static func quoted(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
