import AirbyteProtocol
import Secrets
import YAML

/// A finding about a manifest: what is wrong, where, how serious it is and what helps.
public struct Diagnostic: Sendable, Hashable {
  /// How serious a finding is.
  public enum Severity: String, Sendable, Hashable {
    case error, warning, note
  }

  /// What a finding is about, for those who look further for a remedy.
  public enum Cause: Sendable, Hashable {
    /// A component needs these properties, or one of them.
    case missing([String])
    /// A date or time is not in this format.
    case format(String)
  }

  /// A remark about another place that explains the finding.
  public struct Related: Sendable, Hashable {
    /// What the place has to do with it.
    public let message: String
    /// The place.
    public let mark: SourceMark?

    package init(_ message: String, at mark: SourceMark?) {
      self.message = message
      self.mark = mark
    }

    /// The reference that brought a node into its place, if one did.
    package static func reference(to node: ManifestNode) -> [Related] {
      node.referenceMark.map { [Related("brought here by this reference", at: $0)] } ?? []
    }
  }

  /// How serious it is.
  public var severity: Severity
  /// The rule that found it, as in `unused-definition`: stable, for those who filter findings.
  public var rule: String
  /// Who has to act.
  public var failureType: FailureType
  /// What is wrong, in one sentence or more for the author or user, the last one without a full stop.
  public var message: String
  /// The exact cause for developers, where it says more than the message.
  public var detail: String?
  /// Where in the text it is.
  public var mark: SourceMark?
  /// The place in the manifest, as in `streams[3].retriever`; empty at its root and where the manifest could not be read.
  public var path: String
  /// Other places that explain it.
  public var related: [Related]
  /// What it is about, for those who look further for a remedy.
  public var cause: Cause?
  /// What helps.
  public var remedy: Remedy?
  /// Where in a component's own program it happened, as its language writes it; nil for what happened in this program.
  public var stackTrace: String?
  /// The message without what it quotes of the file; nil where it quotes nothing.
  package var discreetMessage: String?

  package init(
    _ severity: Severity, rule: String, _ message: String, at mark: SourceMark? = nil, path: String = "",
    failureType: FailureType = .system, detail: String? = nil, related: [Related] = [], cause: Cause? = nil,
    remedy: Remedy? = nil
  ) {
    self.severity = severity
    self.rule = rule
    self.failureType = failureType
    self.message = message
    self.detail = detail
    self.mark = mark
    self.path = path
    self.related = related
    self.cause = cause
    self.remedy = remedy
  }

  /// A finding about a node; says also which `$ref` brought it there.
  package init(
    _ severity: Severity, rule: String, _ message: String, at node: ManifestNode, failureType: FailureType = .system,
    detail: String? = nil, cause: Cause? = nil, remedy: Remedy? = nil
  ) {
    self.init(
      severity, rule: rule, message, at: node.mark ?? node.keyMark, path: node.shownPath, failureType: failureType,
      detail: detail, related: Related.reference(to: node), cause: cause, remedy: remedy)
  }

  /// The message, and what helps.
  public var sentence: String { remedy.map { "\(message); \($0)" } ?? message }
}

extension Diagnostic: CustomStringConvertible {
  /// `manifest.yaml:12:7: error: sentence (path)`: one line.
  public var description: String {
    let place = mark.map { "\($0): " } ?? ""
    return "\(place)\(severity.rawValue): \(sentence)\(path.isEmpty ? "" : " (\(path))")"
  }

  /// The line of ``description``, the source line with a caret, and the same for each related place, as a terminal shows them.
  /// - Parameter mask: leaves secrets out of the source lines.
  package func rendered(hiding mask: SecretMask? = nil) -> String {
    var lines = [TerminalText.line(description), TerminalText.snippet(of: mark, hiding: mask)]
    if let detail { lines.append("  \(TerminalText.line(detail))") }
    for note in related {
      lines.append(TerminalText.line("\(note.mark.map { "\($0): " } ?? "")note: \(note.message)"))
      lines.append(TerminalText.snippet(of: note.mark, hiding: mask))
    }
    return lines.filter { !$0.isEmpty }.joined(separator: "\n")
  }
}

extension Diagnostic {
  /// The same finding, with places whose lines cannot be shown: for a file that may be full of secrets.
  package var withoutLines: Diagnostic {
    var copy = self
    copy.mark = mark?.withoutText
    copy.related = related.map { Related($0.message, at: $0.mark?.withoutText) }
    return copy
  }
}

/// An error that consists of findings in a file.
package protocol FileFindings: Error, CustomStringConvertible {
  var diagnostics: [Diagnostic] { get }
}

extension FileFindings {
  /// The findings, each on a line.
  package var description: String { diagnostics.map(\.description).joined(separator: "\n") }

  /// The findings with their source lines.
  /// - Parameter mask: leaves secrets out of the source lines.
  package func rendered(hiding mask: SecretMask? = nil) -> String {
    diagnostics.map { $0.rendered(hiding: mask) }.joined(separator: "\n")
  }
}

/// Why a manifest cannot be used: at least one finding of severity error.
public struct ManifestError: Error, FileFindings, CustomStringConvertible, Sendable {
  /// The findings.
  public let diagnostics: [Diagnostic]

  package init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

  /// The findings, each on a line.
  public var description: String { diagnostics.map(\.description).joined(separator: "\n") }

  package init(_ diagnostic: Diagnostic) { diagnostics = [diagnostic] }
}

extension Diagnostic {
  package init(_ error: YAMLError) {
    let related = error.related.map { [Related($0.message, at: $0.mark)] } ?? []
    self.init(.error, rule: "yaml", error.message, at: error.mark, related: related)
    discreetMessage = error.discreetMessage
  }

  package init(_ warning: YAMLWarning) {
    let related = warning.related.map { [Related($0.message, at: $0.mark)] } ?? []
    self.init(.warning, rule: "duplicate-key", warning.message, at: warning.mark, related: related)
    discreetMessage = warning.discreetMessage
  }
}
