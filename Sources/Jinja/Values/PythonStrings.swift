import JSON

/// Values as Python writes them.
package enum PythonStrings {
  /// Python's `str()`.
  package static func str(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .int(let number): String(number)
    default: Value(value).pythonString
    }
  }

  /// A number of seconds without needless digits.
  package static func trimmed(_ seconds: Double) -> String {
    seconds == seconds.rounded() && abs(seconds) < 1e15 ? String(Int(seconds)) : String(seconds)
  }

  /// A wait as log lines show it: seconds with one decimal.
  package static func wait(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 1e15 else { return "\(seconds) s" }
    let tenths = Int((seconds * 10).rounded())
    return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10) s"
  }
}

extension Value {
  /// A dict of string keys.
  package static func dictionary(_ members: KeyValuePairs<String, Value>) -> Value {
    .dict(DictObject(frozen: members.map { ($0.key, $0.value) }))
  }
}

extension Value {
  /// Python's `str()` of a value outside of a template; empty for what cannot be printed.
  package var pythonString: String {
    if let text { return text }
    var evaluation = Evaluation(environment: .plain, context: Context())
    return (try? text(&evaluation)) ?? ""
  }
}

extension Environment {
  /// Nothing but what is built in.
  fileprivate static let plain = Environment()
}
