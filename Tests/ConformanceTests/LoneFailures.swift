import JSON

/// Compares a read some of whose streams fail alone here, where the reference ends the whole read.
struct LoneFailures {
  /// The streams that fail.
  let streams: [String]

  /// Where an outcome is not what it should be: the streams have the records that the reference printed before it ended, and an error
  /// each; all others are complete.
  func differences(of outcome: Outcome, from expected: Outcome) -> [String] {
    let (ours, theirs) = (Reading(outcome), Reading(expected))
    var lines: [String] = []
    if !theirs.failsAsAWhole { lines.append("the reference does not end the whole read") }
    if outcome.exit == 0 { lines.append("the read does not fail") }
    for stream in streams {
      if !ours.failed.contains(stream) { lines.append("\(stream) has no error") }
      let (found, recorded) = (ours.records[stream] ?? [], theirs.records[stream] ?? [])
      if found != recorded { lines.append("\(stream) has the records \(found), not \(recorded)") }
    }
    for (stream, status) in ours.lastStatus.sorted(by: { $0.key < $1.key }) {
      let expected = streams.contains(stream) ? "INCOMPLETE" : "COMPLETE"
      if status != expected { lines.append("\(stream) is \(status), not \(expected)") }
    }
    return lines
  }

  /// What a read said of its streams.
  private struct Reading {
    private(set) var records: [String: [String]] = [:]
    private(set) var failed: Set<String> = []
    private(set) var lastStatus: [String: String] = [:]
    /// Whether an error of no stream is the only one.
    private(set) var failsAsAWhole = false

    init(_ outcome: Outcome) {
      for line in outcome.lines {
        switch (try? JSONValue(parsing: line)).map(Message.init) {
        case .record(let stream, let record): records[stream, default: []].append(record.canonicalText)
        case .status(let stream, let status): lastStatus[stream] = status["status"]?.string
        case .error(let stream?, _): failed.insert(stream)
        case .error(nil, _): failsAsAWhole = true
        default: break
        }
      }
      if !failed.isEmpty { failsAsAWhole = false }
    }
  }
}
