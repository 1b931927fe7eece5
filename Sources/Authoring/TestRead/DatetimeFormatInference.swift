import JSON
import Python
import PythonTime
import Templating

/// Finds the top-level fields that hold times, and their formats: those that fit each record, as in the reference.
package struct DatetimeFormatInference: Sendable {
  private static let parsers = [
    "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d %H:%M:%S.%f%z",
    "%Y-%m-%dT%H:%M:%S.%f%z", "%s", "%ms", "%d/%m/%Y %H:%M", "%Y-%m", "%d-%m-%Y",
  ].map { DatetimeParser(format: $0) }

  /// Numbers that are likely to be times: seconds or milliseconds between 2001 and 2033.
  private static let likely = [1_000_000_000..<2_000_000_000, 1_000_000_000_000..<2_000_000_000_000]

  /// The candidates by field; nil before the first record.
  private var candidates: [(name: String, parser: DatetimeParser)]?

  package init() {}

  package mutating func add(_ record: JSONObject) {
    guard let candidates else {
      self.candidates = record.compactMap { name, value in
        Self.parsers.first { Self.fits(value, $0) }.map { (name: name, parser: $0) }
      }
      return
    }
    self.candidates = candidates.filter { candidate in
      record[candidate.name].map { Self.fits($0, candidate.parser) } ?? false
    }
  }

  /// The formats by the fields' names.
  package var formats: JSONObject {
    JSONObject((candidates ?? []).map { ($0.name, .string($0.parser.format)) }, uniquingKeysWith: { $1 })
  }

  private static func fits(_ value: JSONValue, _ parser: DatetimeParser) -> Bool {
    switch value {
    case .int(let number): likely.contains { $0.contains(number) } && (try? parser.parse(.int(number))) != nil
    case .string(let text):
      if let number = PythonNumberText.integer(text), number.int.map({ int in likely.contains { $0.contains(int) } }) != true {
        false
      } else {
        (try? parser.parse(text)) != nil
      }
    default: false
    }
  }
}
