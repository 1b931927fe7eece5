import Foundation
import JSON
import Jinja
import Testing

@testable import Templating

/// Compares with Python's `ast.literal_eval`; `Fixtures/record_literals.py` says how its answers were recorded.
@Suite struct PythonLiteralTests {
  static let cases: [(text: String, answer: String?)] = {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/literals.jsonl").path
    let text = (try? String(contentsOfFile: ProcessInfo.processInfo.environment["LITERAL_CASES"] ?? path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { line in
      guard case .array(let parts)? = try? JSONValue(parsing: Array(line.utf8)), case .string(let text) = parts[0] else {
        return nil
      }
      if case .string(let answer) = parts[1] { return (text, answer) }
      return (text, nil)
    }
  }()

  @Test func agreesWithPython() {
    #expect(Self.cases.count > 500)
    for (text, answer) in Self.cases {
      #expect(PythonLiteral.evaluate(text)?.representationForTests == answer, "\(text.debugDescription)")
    }
  }

  @Test(arguments: [
    String(repeating: "[", count: 100_000), String(repeating: "-(", count: 100_000), String(repeating: "{1:", count: 100_000),
  ])
  func staysShallow(text: String) {
    #expect(PythonLiteral.evaluate(text)?.representationForTests == nil)
  }
}
