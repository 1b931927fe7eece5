import Foundation
import PythonTime
import Testing

/// Compares with the answers of Python's own datetime, dateutil and isodate; `Fixtures/record.py` says how they were recorded.
@Suite struct RecordedTests {
  static let operations = Set(cases.map(\.operation)).sorted()

  @Test(arguments: operations)
  func agreesWithPython(operation: String) {
    for recorded in Self.cases where recorded.operation == operation {
      #expect(Answers.answer(to: recorded) == recorded.answer, "\(recorded.arguments)")
    }
  }

  static let cases: [RecordedCase] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/times.jsonl")
    let path = ProcessInfo.processInfo.environment["PYTHON_TIME_CASES"] ?? folder.path
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { RecordedCase(line: $0) }
  }()

  @Test func fixturesAreThere() { #expect(Self.cases.count > 1000) }
}

/// One line of the fixtures.
struct RecordedCase: Sendable {
  let operation: String
  let arguments: [Argument]
  let answer: String

  enum Argument: Sendable {
    case text(String)
    case number(Int)
    case numbers([Int])
  }

  init?(line: Substring) {
    guard let parts = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any], parts.count == 3,
      let operation = parts[0] as? String, let arguments = parts[1] as? [Any], let answer = parts[2] as? String
    else { return nil }
    self.operation = operation
    self.answer = answer
    self.arguments = arguments.map { argument in
      if let text = argument as? String { return .text(text) }
      if let numbers = argument as? [Int] { return .numbers(numbers) }
      return .number(argument as? Int ?? 0)
    }
  }

  func text(_ index: Int) -> String {
    if case .text(let text) = arguments[index] { return text }
    return ""
  }

  func int(_ index: Int) -> Int {
    if case .number(let number) = arguments[index] { return number }
    return 0
  }

  func float(_ index: Int) -> PyNumber { .float(Double(text(index)) ?? .nan) }

  func moment(_ index: Int) throws(PythonTimeError) -> PyDateTime {
    guard case .numbers(let parts) = arguments[index] else { throw PythonTimeError(.typeError, "no moment") }
    let zone = parts.count > 7 ? try PyTimeZone.offset(PyTimeDelta(microseconds: parts[7])) : nil
    return try PyDateTime(
      year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5],
      microsecond: parts[6], tz: zone)
  }

  func delta(_ index: Int) throws(PythonTimeError) -> PyTimeDelta {
    try PyTimeDelta(days: int(index), seconds: int(index + 1), microseconds: int(index + 2))
  }
}
