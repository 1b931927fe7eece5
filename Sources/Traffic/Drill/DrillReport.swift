import JSON

/// What a drill found: how the reads of a manifest went on against an API whose answers broke.
package struct DrillReport: Sendable {
  /// One read against one kind of fault.
  package struct Run: Sendable {
    package let seed: Int
    package let fault: Fault
    /// How many answers were broken.
    package let faults: Int
    package let requests: Int
    /// How many seconds the read would have waited.
    package let waited: Double
    package let records: Int
    /// The streams that were not read completely, as the read itself says.
    package let incomplete: [String]
    package let violations: [String]
  }

  package let streams: Int
  /// How many records the API has.
  package let records: Int
  package let runs: [Run]

  package var violations: Int { runs.reduce(0) { $0 + $1.violations.count } }

  /// The report for people, a line a read.
  package var text: String {
    var lines = ["Streams: \(streams), records: \(records), reads against faults: \(runs.count)"]
    let width = Fault.allCases.map(\.rawValue.count).max() ?? 0
    for run in runs {
      let name = run.fault.rawValue + String(repeating: " ", count: width - run.fault.rawValue.count)
      let outcome =
        run.faults == 0
        ? "no answer could be broken in this way"
        : "\(run.faults) faults, \(run.requests) requests, \(run.records) records, waited \(Int(run.waited.rounded())) s"
          + (run.incomplete.isEmpty ? "" : ", failed: \(run.incomplete.joined(separator: ", "))")
      lines.append("  seed \(run.seed)  \(name)  \(run.violations.isEmpty ? "ok" : "VIOLATION")  \(outcome)")
      lines += run.violations.map { "      \($0)" }
    }
    let count = violations
    lines.append(count == 0 ? "No record was lost or doubled." : "\(count) \(count == 1 ? "violation" : "violations").")
    return lines.joined(separator: "\n")
  }

  /// The report for programs.
  package var json: JSONValue {
    [
      "streams": .int(streams), "records": .int(records), "violations": .int(violations),
      "runs": .array(
        runs.map { run in
          [
            "seed": .int(run.seed), "fault": .string(run.fault.rawValue), "faults": .int(run.faults),
            "requests": .int(run.requests),
            "waited_seconds": .double(run.waited), "records": .int(run.records),
            "incomplete_streams": .array(run.incomplete.map { .string($0) }),
            "violations": .array(run.violations.map { .string($0) }),
          ]
        }),
    ]
  }
}
