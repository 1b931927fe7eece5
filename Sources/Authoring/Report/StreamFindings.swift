/// What of a stream's report deserves attention, in sentences.
struct StreamFindings {
  private static let shown = 5
  private let stream: ReadReport.Stream

  init(_ stream: ReadReport.Stream) { self.stream = stream }

  var sentences: [String] {
    guard stream.records > 0 else { return [] }
    return fields + keys + cursor
  }

  private var fields: [String] {
    var sentences: [String] = []
    let undeclared = stream.undeclared
    if !undeclared.isEmpty {
      sentences.append("\(Self.count(undeclared.count, "field")) came that the schema does not declare: \(Self.list(undeclared))")
    }
    let retyped = stream.fields.filter { !$0.unexpected.isEmpty }.map {
      "\($0.path) (\($0.unexpected.joined(separator: ", ")))"
    }
    if !retyped.isEmpty {
      sentences.append(
        "\(Self.count(retyped.count, "field")) had values of types that the schema does not allow: \(Self.list(retyped))")
    }
    if !stream.neverSeen.isEmpty {
      sentences.append(
        "\(Self.count(stream.neverSeen.count, "declared field")) came in no record: \(Self.list(stream.neverSeen))")
    }
    let crowded = stream.fields.filter { $0.others > 0 }.map(\.path)
    if !crowded.isEmpty {
      sentences.append(
        "So many names came that not all are told apart, as where an object is used as a map: \(Self.list(crowded))")
    }
    return sentences
  }

  private var keys: [String] {
    guard let keys = stream.keys else { return [] }
    var sentences: [String] = []
    let name = keys.fields.joined(separator: ", ")
    if keys.duplicates > 0 {
      sentences.append(
        "\(Self.count(keys.duplicates, "record")) had a primary key (\(name)) that came before, such as "
          + keys.examples.joined(separator: "; "))
    }
    if keys.missing > 0 { sentences.append("\(Self.count(keys.missing, "record")) lacked a part of the primary key (\(name))") }
    if !keys.isWhole {
      sentences.append(
        "Memory sufficed for \(keys.remembered) keys: duplicates of later ones were not found, so that there may be more")
    }
    return sentences
  }

  private var cursor: [String] {
    guard let cursor = stream.cursor else { return [] }
    let findings = cursor.findings
    var sentences: [String] = []
    if cursor.violations > 0, let order = cursor.order {
      sentences.append(
        "\(Self.count(cursor.violations, "record")) came out of order: most are \(order) by \(cursor.field) within their slice")
    }
    if findings.unreadable > 0 {
      sentences.append(
        "\(Self.count(findings.unreadable, "record")) had no value in \(cursor.field) that can be read, and did not advance the state"
      )
    }
    if findings.beforeWindow + findings.afterWindow > 0 {
      sentences.append(
        "\(Self.count(findings.beforeWindow + findings.afterWindow, "record")) came from more than a day outside of the window that was "
          + "asked for: the API may not know the parameters of the window")
    }
    if findings.late > 0 {
      let lookback = cursor.lookback.map { ", the lookback is \(Self.duration($0))" } ?? ""
      sentences.append(
        "\(Self.count(findings.late, "record")) came late, from before the state, by up to \(Self.duration(findings.greatestLateness))"
          + lookback)
    }
    if findings.beyondLookback > 0 {
      sentences.append(
        "\(Self.count(findings.beyondLookback, "record")) came from before the lookback: an API that filters would not have given them"
      )
    }
    return sentences
  }

  private static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  private static func list(_ names: [String]) -> String {
    let more = names.count > shown ? " and \(names.count - shown) more" : ""
    return names.prefix(shown).joined(separator: ", ") + more
  }

  /// A length of time in its largest units.
  static func duration(_ seconds: Double) -> String {
    for (unit, name) in [(86_400.0, "d"), (3_600, "h"), (60, "min")] where seconds >= unit {
      let value = (seconds / unit * 10).rounded() / 10
      return (value == value.rounded() ? "\(Int(value))" : "\(value)") + " \(name)"
    }
    let value = (seconds * 1_000).rounded() / 1_000
    return (value == value.rounded() ? "\(Int(value))" : "\(value)") + " s"
  }
}
