import JSON

/// Something that a source says or does against the protocol.
package struct Violation: Sendable, Hashable {
  /// How serious it is.
  package enum Severity: String, Sendable {
    /// Platforms refuse it, lose data by it, or show something wrong.
    case error
    /// It works, and could be better.
    case warning
  }

  package let severity: Severity
  /// The rule, in kebab case.
  package let rule: String
  /// What is wrong, in a sentence without a full stop.
  package let message: String
  /// The stream that it is about; nil if it is about none.
  package let stream: String?
  /// The line of standard output where it was found first, from 1; nil if it is about no line.
  package let line: Int?
  /// How often it was found.
  package var count: Int

  /// The violation for machines.
  package var json: JSONValue {
    var object: JSONObject = ["severity": .string(severity.rawValue), "rule": .string(rule), "message": .string(message)]
    if let stream { object["stream"] = .string(stream) }
    if let line { object["line"] = .int(line) }
    object["count"] = .int(count)
    return .object(object)
  }
}

/// Violations as they are found: those that say the same are counted, and not repeated.
struct ViolationList: Sendable {
  private(set) var all: [Violation] = []
  private var places: [String: Int] = [:]

  /// - Parameters:
  ///   - kind: what all have in common that are counted as one; by default the sentence.
  mutating func add(
    _ rule: String, _ message: String, stream: String? = nil, line: Int? = nil, kind: String? = nil
  ) {
    add(.error, rule, message, stream: stream, line: line, kind: kind)
  }

  /// The same for another severity.
  mutating func add(
    _ severity: Violation.Severity, _ rule: String, _ message: String, stream: String? = nil, line: Int? = nil,
    kind: String? = nil
  ) {
    let key = "\(rule) \(stream ?? "") \(kind ?? message)"
    if let place = places[key] {
      all[place].count += 1
    } else {
      places[key] = all.count
      all.append(Violation(severity: severity, rule: rule, message: message, stream: stream, line: line, count: 1))
    }
  }

  /// Takes in what was found elsewhere.
  mutating func add(_ others: ViolationList) { all += others.all }
}
