import Manifest
import Secrets
import YAML

/// Looks for one kind of questionable thing in manifests that the schema may well allow. What it finds are warnings.
package protocol Rule: Sendable {
  /// The name by which findings are filtered and silenced, in kebab case.
  static var name: String { get }
  /// What is questionable about what the rule finds, as one sentence.
  static var summary: String { get }
  /// Whether the profile `default` has it.
  static var presence: DefaultPresence { get }

  init()

  func check(_ subject: Subject, _ findings: inout FindingList)
}

extension Rule {
  package static var presence: DefaultPresence { .shown }
}

/// Collects what the rules find in one manifest: a location that several streams share is reported once.
package struct FindingList {
  package private(set) var findings: [Finding] = []
  private var seen: Set<Key> = []
  private var rule = ""

  private struct Key: Hashable {
    let place: String
    let rule: String
    let message: String
  }

  /// Hides the config's secrets in sentences that will be cut; nil if no config was given.
  var mask: SecretMask?
  /// Whether what ``warnOnce(_:_:at:mark:remedy:fix:)`` gathers is reported at each place.
  var listsEach = false

  package init() {}

  /// The position of the finding that represents others of its kind, by rule and kind.
  private var gathered: [String: (index: Int, count: Int)] = [:]

  /// How many suggestions each rule has asked for.
  private var suggestions: [String: Int] = [:]
  /// Nobody reads more, and each costs as much as there are names.
  private static let maximumLength = 4_000
  static let maximumSuggestions = 100

  /// The name that was probably meant; nil also where a rule has asked for many already.
  mutating func suggestion(for name: String, among names: @autoclosure () -> some Sequence<String>) -> String? {
    suggestions[rule, default: 0] += 1
    return suggestions[rule, default: 0] > Self.maximumSuggestions ? nil : NameSuggestion.nearest(to: name, among: names())
  }

  /// Gathers warnings of a rule that is none of the catalog's own.
  package mutating func apply(_ name: String, _ check: (inout FindingList) -> Void) {
    rule = name
    check(&self)
  }

  mutating func apply(_ rule: any Rule.Type, to subject: Subject) {
    self.rule = rule.name
    rule.init().check(subject, &self)
  }

  /// Adds a warning of the rule that is being applied.
  ///
  /// - Parameters:
  ///   - mark: the exact place, where it is not that of the node's value.
  ///   - detail: a sentence more.
  ///   - related: other places that explain it.
  package mutating func warn(
    _ message: String, at node: ManifestNode, mark: SourceMark? = nil, detail: String? = nil, remedy: Remedy? = nil,
    related: [Diagnostic.Related] = [], fix: [TextEdit] = []
  ) {
    // A name may be as long as the manifest.
    var diagnostic = Diagnostic(
      .warning, rule: rule, shortened(message), at: node, detail: detail, remedy: remedy?.mapped(shortened))
    if let mark { diagnostic.mark = mark }
    diagnostic.related += related
    add(Finding(diagnostic, fix: fix))
  }

  /// A sentence, or the beginning of a long one: a secret is hidden before it might be cut.
  private func shortened(_ sentence: String) -> String {
    guard sentence.utf8.count > Self.maximumLength, let mask else { return sentence.shortened(to: Self.maximumLength) }
    return mask.excerpt(of: sentence, upTo: Self.maximumLength)
  }

  /// Adds a warning of a kind that manifests have in many places: the first place is reported, with the number of the others.
  mutating func warnOnce(
    _ kind: String, _ message: String, at node: ManifestNode, mark: SourceMark? = nil, remedy: Remedy? = nil, fix: [TextEdit] = []
  ) {
    let mark = mark ?? node.mark ?? node.keyMark
    guard seen.insert(Key(place: Self.place(mark, node.path), rule: rule, message: kind)).inserted else { return }
    if listsEach { return warn(message, at: node, mark: mark, remedy: remedy, fix: fix) }
    guard let known = gathered["\(rule) \(kind)"] else {
      gathered["\(rule) \(kind)"] = (findings.count, 1)
      let before = findings.count
      warn(message, at: node, mark: mark, remedy: remedy, fix: fix)
      if findings.count == before { gathered["\(rule) \(kind)"] = nil }
      return
    }
    gathered["\(rule) \(kind)"] = (known.index, known.count + 1)
    findings[known.index].fix += fix
    findings[known.index].mendableCount += fix.isEmpty ? 0 : 1
    findings[known.index].count = known.count + 1
    let others = known.count == 1 ? "in another place" : "in \(known.count) other places"
    let note = Diagnostic.Related("the same \(others)", at: nil)
    findings[known.index].diagnostic.related.removeAll { $0.mark == nil }
    findings[known.index].diagnostic.related.append(note)
  }

  package mutating func add(_ finding: Finding) {
    let diagnostic = finding.diagnostic
    let place = Self.place(diagnostic.mark, diagnostic.path)
    guard seen.insert(Key(place: place, rule: diagnostic.rule, message: diagnostic.message)).inserted else { return }
    findings.append(finding)
  }

  private static func place(_ mark: SourceMark?, _ path: String) -> String { mark.map { "\($0.line):\($0.column)" } ?? path }
}
