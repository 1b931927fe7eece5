import Manifest
import YAML

/// The levels of findings: by the profile, by the settings of single rules, and by `--strict`.
struct FindingLevels {
  private let options: ManifestChecker.Options

  init(_ options: ManifestChecker.Options) { self.options = options }

  /// The findings that stay. Those of rules that are only counted become one note a rule.
  func applied(to findings: [Finding], in file: SourceFile?) -> [Finding] {
    var kept: [Finding] = []
    var counted: [String: [Finding]] = [:]
    for var finding in findings {
      guard finding.severity == .warning else {
        kept.append(finding)
        continue
      }
      switch options.levels[finding.rule] {
      case .off?: continue
      case .error?: finding.diagnostic.severity = .error
      case .warning?: break
      case nil where options.profile == .default:
        switch RuleCatalog.presence(of: finding.rule) {
        case .shown: break
        case .hidden: continue
        case .counted where options.listsEach: finding.diagnostic.severity = .note
        case .counted:
          counted[finding.rule, default: []].append(finding)
          continue
        }
      case nil: break
      }
      if options.ignored.contains(finding.rule) { continue }
      if options.isStrict || options.profile.isStrict { finding.diagnostic.severity = .error }
      kept.append(finding)
    }
    let notes = counted.sorted { $0.key < $1.key }.filter { !options.ignored.contains($0.key) }.map {
      Self.note($0.key, $0.value)
    }
    return notes + kept
  }

  /// One sentence about all findings of a rule.
  private static func note(_ rule: String, _ findings: [Finding]) -> Finding {
    let count = findings.reduce(0) { $0 + $1.count }
    let mendable = findings.reduce(0) { $0 + $1.mendableCount }
    let help =
      switch mendable {
      case 0: "`airbyte-lowcode validate --profile all` shows \(count == 1 ? "it" : "them")"
      case count: "`airbyte-lowcode validate --fix` rewrites \(count == 1 ? "it" : "them")"
      default: "`airbyte-lowcode validate --fix` rewrites \(mendable) of them, `--profile all` shows them"
      }
    let forms = count == 1 ? "1 deprecated form still works" : "\(count) deprecated forms still work"
    var note = Finding(Diagnostic(.note, rule: rule, "\(forms); \(help)"), fix: findings.flatMap(\.fix))
    note.count = count
    note.mendableCount = mendable
    return note
  }
}
