import Essentials
import JSON
import Manifest
import Secrets
import YAML

/// Findings as SARIF 2.1.0, as GitHub code scanning takes them: relative addresses, rules with descriptions, fingerprints that stay
/// when lines move.
enum SARIFReport {
  static func render(_ reports: [ManifestReport]) -> String {
    let findings = reports.flatMap { report in report.findings.map { (report, $0) } }
    let names = Set(findings.map(\.1.rule)).union(RuleCatalog.names).sorted()
    let places = Dictionary(names.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    var seen: [String: Int] = [:]
    let results = findings.map { report, finding in result(finding, in: report, places, &seen) }
    let driver: JSONObject = [
      "name": "airbyte-lowcode", "rules": .array(names.map(rule)),
    ]
    let run: JSONObject = [
      "tool": ["driver": .object(driver)], "columnKind": "unicodeCodePoints", "results": .array(results),
    ]
    let log: JSONObject = [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [.object(run)],
    ]
    return JSONValue.object(log).displayableText
  }

  private static func rule(_ name: String) -> JSONValue {
    let summary = RuleCatalog.summary(of: name) ?? name
    let isWarning = RuleCatalog.silenceable.contains(name)
    let help: JSONValue = [
      "text": .string(RuleExplanation.text(of: name)), "markdown": .string(RuleExplanation.markdown(of: name)),
    ]
    return [
      "id": .string(name), "name": .string(name), "shortDescription": ["text": .string(summary)],
      "fullDescription": ["text": .string(RuleExplanation.description(of: name))], "help": help,
      "defaultConfiguration": ["level": .string(isWarning ? "warning" : "error")],
    ]
  }

  private static func result(
    _ finding: Finding, in report: ManifestReport, _ places: [String: Int], _ seen: inout [String: Int]
  ) -> JSONValue {
    let diagnostic = finding.diagnostic
    var object: JSONObject = [
      "ruleId": .string(diagnostic.rule), "ruleIndex": .int(places[diagnostic.rule] ?? -1),
      "level": .string(diagnostic.severity.rawValue), "message": ["text": .string(plain(diagnostic.sentence))],
      "locations": [location(diagnostic.mark, report, path: diagnostic.path)],
    ]
    let identity = "\(diagnostic.rule) \(diagnostic.path) \(diagnostic.message)"
    let key = "\(address(diagnostic.mark?.file.name ?? report.name)) \(identity)"
    seen[key, default: 0] += 1
    object["partialFingerprints"] = ["findingHash/v1": .string("\(fingerprint(identity)):\(seen[key] ?? 1)")]
    if !diagnostic.related.isEmpty {
      object["relatedLocations"] = .array(
        diagnostic.related.enumerated().map { index, note in
          var related = location(note.mark, report, path: "").object ?? [:]
          related["id"] = .int(index + 1)
          related["message"] = ["text": .string(plain(note.message))]
          return .object(related)
        })
    }
    return .object(object)
  }

  /// A message in which nothing is a link: viewers make one of `[text](address)` (SARIF 2.1.0 §3.11.6).
  private static func plain(_ text: String) -> String {
    let scalars = TerminalText.line(text).unicodeScalars
    guard zip(scalars, scalars.dropFirst()).contains(where: { $0 == "]" && $1 == "(" }) else { return String(scalars) }
    return String(String.UnicodeScalarView(scalars.flatMap { $0 == "[" ? ["\\", "["] : [$0] }))
  }

  private static func location(_ mark: SourceMark?, _ report: ManifestReport, path: String) -> JSONValue {
    var physical: JSONObject = ["artifactLocation": ["uri": .string(address(mark?.file.name ?? report.name))]]
    physical["region"] = ["startLine": .int(max(mark?.line ?? 1, 1)), "startColumn": .int(max(mark?.column ?? 1, 1))]
    var location: JSONObject = ["physicalLocation": .object(physical)]
    if !path.isEmpty { location["logicalLocations"] = [["fullyQualifiedName": .string(path)]] }
    return .object(location)
  }

  /// A file as a relative address, if it is below the current folder; else an absolute one.
  private static func address(_ path: String) -> String {
    if path == "-" || path == "<stdin>" { return "stdin" }
    let folder = FileManager.default.currentDirectoryPath
    var relative = path
    if path.hasPrefix(folder + "/") { relative = String(path.dropFirst(folder.count + 1)) }
    while relative.hasPrefix("./") { relative.removeFirst(2) }
    let quoted = relative.percentEscaped(except: "!$&'()*+,-./=@_~")
    return relative.hasPrefix("/") ? "file://\(quoted)" : quoted
  }

  /// FNV-1a, 64 bits: the same in every run.
  private static func fingerprint(_ text: String) -> String {
    let hash = text.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
