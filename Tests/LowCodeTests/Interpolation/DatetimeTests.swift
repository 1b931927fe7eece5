import Foundation
import JSON
import PythonTime
import Testing

@testable import Templating

/// Compares with the reference's datetime parsers; `Fixtures/record_datetimes.py` says how their answers were recorded.
@Suite struct DatetimeTests {
  typealias Case = (operation: String, arguments: [JSONValue], answer: String)

  static let cases: [Case] = {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/datetimes.jsonl")
    let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { line in
      guard case .array(let parts)? = try? JSONValue(parsing: Array(line.utf8)), case .string(let operation) = parts[0],
        case .array(let arguments) = parts[1], case .string(let answer) = parts[2]
      else { return nil }
      return (operation, arguments, answer)
    }
  }()

  @Test(arguments: ["parse", "parseNumber", "format"])
  func agreesWithTheReference(operation: String) {
    let cases = Self.cases.filter { $0.operation == operation }
    #expect(cases.count > 25)
    for recorded in cases {
      #expect(Self.answer(recorded) == recorded.answer.errorWithoutClass, "\(recorded.arguments)")
    }
  }

  private static func answer(_ recorded: Case) -> String {
    do throws(PythonTimeError) {
      switch (recorded.arguments.first, recorded.arguments.last) {
      case (.string(let text)?, .string(let format)?) where recorded.operation == "parse":
        return try DatetimeParser(format: format).parse(text).repr
      case (.int(let number)?, .string(let format)?): return try DatetimeParser(format: format).parse(.int(number)).repr
      case (.array(let fields)?, .string(let format)?):
        let parts = fields.map { if case .int(let part) = $0 { part } else { 0 } }
        let zone = try PyTimeZone.offset(PyTimeDelta(seconds: parts[7]))
        let moment = try PyDateTime(
          year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5],
          microsecond: parts[6], tz: zone)
        return DatetimeParser(format: format).format(moment)
      default: return ""
      }
    } catch {
      return "error"
    }
  }
}

extension String {
  fileprivate var errorWithoutClass: String { hasPrefix("error: ") ? "error" : self }
}
