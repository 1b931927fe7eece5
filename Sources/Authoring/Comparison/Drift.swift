import AirbyteProtocol
import JSON
import Manifest
import Validation

/// What an API does today that it did not do when it was recorded.
package struct Drift: Sendable {
  /// One difference, with a rule's name for those who filter.
  struct Finding: Sendable, Equatable {
    let rule: String
    let severity: Diagnostic.Severity
    let stream: String
    let message: String
  }

  let findings: [Finding]
  /// How many streams were compared.
  package let streams: Int

  /// - Parameters:
  ///   - recorded: the read of the recording.
  ///   - today: the read of the API.
  package init(recorded: ObservedRead, today: ObservedRead) {
    var findings: [Finding] = []
    var streams = 0
    if let failure = today.failure {
      findings.append(Finding(rule: "drift-unreadable", severity: .error, stream: "", message: failure))
    }
    for name in recorded.catalog.map(\.name) where today.failure == nil {
      guard let before = recorded.streams[name], !before.requests.isEmpty else { continue }
      guard let after = today.streams[name], !after.requests.isEmpty || after.failure != nil else { continue }
      streams += 1
      findings += StreamDrift(name, before, after).findings
    }
    self.findings = findings
    self.streams = streams
  }

  package var hasErrors: Bool { findings.contains { $0.severity == .error } }
  package var isEmpty: Bool { findings.isEmpty }

  /// The findings in the forms that `validate` writes.
  /// - Parameter manifest: the path by which the manifest was named.
  package func rendered(_ format: ReportFormat, manifest: String) -> String {
    guard format != .text else { return text }
    let list = findings.map { finding in
      Validation.Finding(
        Diagnostic(
          finding.severity, rule: finding.rule,
          finding.stream.isEmpty ? finding.message : "\(finding.stream): \(finding.message)",
          path: finding.stream.isEmpty ? "" : "streams.\(finding.stream)"))
    }
    return format.render([ManifestReport(name: manifest, findings: list, success: "answers as it was recorded")])
  }

  private var text: String {
    var lines = findings.map { finding in
      "\(finding.stream.isEmpty ? "" : "\(finding.stream): ")\(finding.severity.rawValue): \(finding.message) [\(finding.rule)]"
    }
    let place = "\(streams) \(streams == 1 ? "stream" : "streams")"
    lines.append(
      findings.isEmpty
        ? "\(place) compared: the API answers as it was recorded."
        : "\(place) compared, \(findings.count) \(findings.count == 1 ? "difference" : "differences").")
    return lines.joined(separator: "\n")
  }
}

/// What one stream's answers differ in.
private struct StreamDrift {
  private(set) var findings: [Drift.Finding] = []
  private let name: String

  init(_ name: String, _ recorded: ObservedRead.Stream, _ today: ObservedRead.Stream) {
    self.name = name
    statuses(recorded, today)
    if let failure = today.failure, recorded.failure == nil {
      add("drift-unreadable", .error, "It cannot be read today: \(failure)")
    } else if !recorded.pages.isEmpty, today.pages.isEmpty, today.statuses.keys.contains(where: { 200..<300 ~= $0 }) {
      add("drift-unreadable", .error, "Its answers are no JSON any more")
    }
    for change in FieldChanges(old: recorded.bodies, new: today.bodies).list { note(change) }
    paging(recorded, today)
  }

  private mutating func add(_ rule: String, _ severity: Diagnostic.Severity, _ message: String) {
    findings.append(Drift.Finding(rule: rule, severity: severity, stream: name, message: message))
  }

  private mutating func note(_ change: FieldChanges.Change) {
    switch change.kind {
    case .removed(let wasInAll):
      // What was seldom there may be absent by chance.
      add("drift-field-removed", wasInAll ? .error : .note, "`\(change.path)` does not come any more")
    case .added: add("drift-field-added", .warning, "`\(change.path)` is new")
    case .retyped(let before, let after):
      let isNumber = Set(before + after).isSubset(of: ["integer", "number"])
      add(
        "drift-field-retyped", isNumber ? .warning : .error,
        "`\(change.path)` is \(after.joined(separator: " or ")), and was \(before.joined(separator: " or "))")
    case .nullable: add("drift-field-nullable", .warning, "`\(change.path)` is null in some answers, and never was")
    }
  }

  private mutating func statuses(_ recorded: ObservedRead.Stream, _ today: ObservedRead.Stream) {
    for status in today.statuses.keys.sorted() where recorded.statuses[status] == nil {
      // A limit of the rate is no change of the API.
      let severity: Diagnostic.Severity = status == 429 || status >= 500 || status < 400 ? .warning : .error
      add(
        "drift-status", severity, "The API answers with status \(status), and the recording has \(Self.list(recorded.statuses))")
    }
  }

  private static func list(_ statuses: [Int: Int]) -> String {
    statuses.isEmpty ? "none" : statuses.keys.sorted().map(String.init).joined(separator: ", ")
  }

  /// Pages are compared where the recording has more than one.
  private mutating func paging(_ recorded: ObservedRead.Stream, _ today: ObservedRead.Stream) {
    guard recorded.pages.count > 1, let before = recorded.pages.first, let after = today.pages.first, before > 0 else { return }
    if after != before, after > 0 {
      return add("drift-paging", .warning, "The first page has \(after) elements, and had \(before)")
    }
    let lost = recorded.varying.subtracting(today.varying).sorted()
    if today.pages.count == 1, today.isComplete {
      add("drift-paging", .error, "A full first page is the only one, and more pages followed in the recording")
    } else if today.pages.count > 1, !lost.isEmpty {
      add(
        "drift-paging", .warning,
        "The parameters that differ from page to page are others: \(lost.map { "`\($0)`" }.joined(separator: ", ")) no longer differ"
      )
    }
  }
}
