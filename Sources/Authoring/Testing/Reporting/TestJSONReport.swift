import JSON
import YAML

/// The report for programs.
package enum TestJSONReport {
  package static func render(_ report: TestReport) -> JSONValue {
    var json: JSONObject = [
      "tests": .int(report.cases.count), "passed": .int(report.passed), "failed": .int(report.failed),
      "skipped": .int(report.skipped), "seconds": .double(report.seconds), "suites": .array(report.suites.map(suite)),
    ]
    if let coverage = report.coverage { json["coverage"] = self.coverage(coverage) }
    return .object(json)
  }

  private static func suite(_ suite: TestReport.Suite) -> JSONValue {
    [
      "name": .string(suite.name), "cases": .array(suite.cases.map(test)), "notes": .array(suite.notes.map(failure)),
    ]
  }

  private static func test(_ test: TestReport.Case) -> JSONValue {
    var json: JSONObject = ["name": .string(test.name)]
    switch test.outcome {
    case .passed: json["outcome"] = "passed"
    case .skipped(let reason):
      json["outcome"] = "skipped"
      json["reason"] = .string(reason)
    case .failed(let failures):
      json["outcome"] = "failed"
      json["failures"] = .array(failures.map(failure))
    }
    json["seconds"] = .double(test.seconds)
    if let mark = test.mark { (json["line"], json["column"]) = (.int(mark.line), .int(mark.column)) }
    return .object(json)
  }

  private static func failure(_ failure: TestFailure) -> JSONValue {
    var json: JSONObject = ["message": .string(failure.message)]
    if let mark = failure.mark {
      json["file"] = .string(mark.file.name)
      (json["line"], json["column"]) = (.int(mark.line), .int(mark.column))
    }
    if !failure.details.isEmpty { json["details"] = .array(failure.details.map { .string($0) }) }
    return .object(json)
  }

  private static func coverage(_ coverage: CoverageReport) -> JSONValue {
    func share(_ share: CoverageReport.Share) -> JSONValue { ["reached": .int(share.reached), "total": .int(share.total)] }
    let gaps = coverage.gaps.map { gap -> JSONValue in
      var json: JSONObject = ["kind": .string(gap.kind.rawValue), "message": .string(gap.sentence)]
      if let mark = gap.mark {
        json["file"] = .string(mark.file.name)
        (json["line"], json["column"]) = (.int(mark.line), .int(mark.column))
      }
      return .object(json)
    }
    return [
      "streams": share(coverage.streams), "components": share(coverage.components), "templates": share(coverage.templates),
      "branches": share(coverage.branches), "gaps": .array(gaps),
    ]
  }
}
