import Engine
import JSON
import Manifest
import YAML

/// Findings as one JSON object: `manifests`, each with `file`, `valid` and `findings`, and a `summary`.
enum JSONReport {
  static func render(_ reports: [ManifestReport]) -> String {
    let manifests = reports.map { report -> JSONValue in
      ["file": .string(report.name), "valid": .bool(report.errorCount == 0), "findings": .array(report.findings.map(finding))]
    }
    let summary: JSONObject = [
      "manifests": .int(reports.count), "errors": .int(reports.reduce(0) { $0 + $1.errorCount }),
      "warnings": .int(reports.reduce(0) { $0 + $1.warningCount }),
    ]
    return JSONValue.object(["manifests": .array(manifests), "summary": .object(summary)]).displayableText
  }

  private static func finding(_ finding: Finding) -> JSONValue {
    let diagnostic = finding.diagnostic
    var object: JSONObject = [
      "rule": .string(diagnostic.rule), "severity": .string(diagnostic.severity.rawValue), "message": .string(diagnostic.message),
    ]
    place(diagnostic.mark, &object)
    if !diagnostic.path.isEmpty { object["path"] = .string(diagnostic.path) }
    if let remedy = diagnostic.remedy { object["remedy"] = .string("\(remedy)") }
    if let detail = diagnostic.detail { object["detail"] = .string(detail) }
    if !diagnostic.related.isEmpty {
      object["related"] = .array(
        diagnostic.related.map { note in
          var related: JSONObject = ["message": .string(note.message)]
          place(note.mark, &related)
          return .object(related)
        })
    }
    object["fixable"] = .bool(!finding.fix.isEmpty)
    return .object(object)
  }

  private static func place(_ mark: SourceMark?, _ object: inout JSONObject) {
    guard let mark else { return }
    object["file"] = .string(mark.file.name)
    object["line"] = .int(mark.line)
    object["column"] = .int(mark.column)
  }
}
