import AirbyteProtocol
import Foundation
import JSON
import LowCode
import YAML

/// Checks manifests: whether the reference takes them, and what is questionable in them.
package struct ManifestChecker: Sendable {
  package struct Options: Sendable {
    /// Rules whose warnings are left out.
    package var ignored: Set<String> = []
    /// Makes errors of warnings.
    package var isStrict = false
    /// The user's config, against which the manifest is checked too.
    package var config: GivenConfig?

    package init() {}
  }

  private let pipeline: ManifestPipeline
  private var options: Options

  /// - Throws: `JSONSchemaError` where the bundled schema is none.
  package init(_ options: Options = Options()) throws {
    pipeline = try ManifestPipeline(validator: ManifestValidator())
    self.options = options
  }

  /// The same checker with other options.
  package func with(_ options: Options) -> ManifestChecker {
    var copy = self
    copy.options = options
    return copy
  }

  /// Everything that is found in one manifest.
  /// - Parameter folder: where files that the manifest names are looked for.
  package func check(_ source: ManifestSource, name: String, folder: String) async -> ManifestReport {
    let examination = pipeline.examine(source)
    var list = FindingList()
    for diagnostic in examination.findings { list.add(Finding(diagnostic)) }
    if let written = examination.written, let root = examination.resolved {
      let subject = Subject(written: written, root: root)
      if let manifest = examination.manifest {
        for diagnostic in await buildErrors(manifest, subject, folder) { list.add(Finding(diagnostic)) }
      }
      if let config = options.config { config.check(subject, &list) }
      for rule in RuleCatalog.all where !options.ignored.contains(rule.name) { list.apply(rule, to: subject) }
    }
    let file = examination.written?.mark?.file
    return ManifestReport(name: name, file: file, findings: settled(list.findings, file))
  }

  /// The addresses that the requesters of a manifest have, by their places, as texts with templates.
  func addresses(in source: ManifestSource) -> [String: String?] {
    let examination = pipeline.examine(source)
    guard let written = examination.written, let root = examination.resolved else { return [:] }
    let requesters = Subject(written: written, root: root).components("HttpRequester")
    return Dictionary(requesters.map { ($0.node.path, AddressMigration.joined($0)) }, uniquingKeysWith: { $1 })
  }

  /// Why the reference could not build the manifest's components.
  private func buildErrors(_ manifest: Manifest, _ subject: Subject, _ folder: String) async -> [Diagnostic] {
    let isGiven = options.config != nil
    let config = options.config?.values ?? SampleConfig.make(for: subject.specification?.value)
    let errors = await ConnectorProof(
      manifest, config: config, isGiven: isGiven, folder: folder, runtime: .offline
    ).errors
    let diagnosis = BuildDiagnosis(subject: subject)
    // What a made-up config brought about is no fault of the manifest.
    return errors.filter { isGiven || !diagnosis.dependsOnConfig($0) }.map(diagnosis.diagnostic)
  }

  /// Rules about what may fail while components are built, or else later.
  private static let alsoOfBuilding: Set<String> = [
    DateFormatMismatch.name, TemplateSyntax.name, TemplateVariable.name,
  ]

  /// The findings that are neither ignored nor silenced, in the order of the text.
  private func settled(_ findings: [Finding], _ file: SourceFile?) -> [Finding] {
    let suppressions = file.map { Suppressions(of: $0, known: Set(RuleCatalog.names)) }
    var kept = findings.filter { !(suppressions?.silences($0) ?? false) }
    for (name, mark) in suppressions?.unknown ?? [] {
      let near = NameSuggestion.nearest(to: name, among: RuleCatalog.names)
      let diagnostic = Diagnostic(
        .warning, rule: "unknown-ignore", "there is no rule `\(name)` to ignore", at: mark,
        remedy: near.map { "did you mean `\($0)`?" })
      kept.append(Finding(diagnostic))
    }
    kept.removeAll { $0.severity != .error && options.ignored.contains($0.rule) }
    // An error about a misspelt key says all that there is to say of the key.
    let mistaken = Set(kept.filter { $0.severity == .error }.compactMap(\.diagnostic.mark))
    kept.removeAll { $0.rule == UnknownKey.name && $0.severity != .error && $0.diagnostic.mark.map(mistaken.contains) == true }
    // Where the building failed for the same reason, that is enough.
    let failed = kept.filter { $0.rule == "build" }.map(\.diagnostic.path)
    kept.removeAll { finding in
      Self.alsoOfBuilding.contains(finding.rule) && failed.contains { finding.diagnostic.path.hasPrefix($0) && !$0.isEmpty }
    }
    if options.isStrict { for index in kept.indices { kept[index].diagnostic.severity = .error } }
    return kept.enumerated().sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }.map(\.element)
  }
}

extension Finding {
  /// The place in the text, for sorting; what has none comes first.
  fileprivate var order: Int { (diagnostic.mark?.line ?? 0) * 100_000 + (diagnostic.mark?.column ?? 0) }
}

/// What was found in one manifest.
package struct ManifestReport: Sendable {
  /// The path by which it was named.
  package let name: String
  /// Its text; nil where it could not be read.
  package let file: SourceFile?
  package let findings: [Finding]

  /// Whether the file could not be read at all.
  package var isUnread: Bool { findings.contains { $0.rule == "file" } }
  package var errorCount: Int { findings.count { $0.severity == .error } }
  /// The number of places in which something was found.
  var placeCount: Int { findings.reduce(0) { $0 + $1.count } }
  package var warningCount: Int { findings.count { $0.severity == .warning } }
}

extension RuntimeEnvironment {
  /// Surroundings without a network, in which nothing is logged: for building components without using them.
  static let offline = RuntimeEnvironment(
    now: { Int64(Date().timeIntervalSince1970 * 1_000_000) }, sleep: { _ in }, random: { 0.5 }, transport: NoTransport(),
    log: NoLog())
}

private struct NoTransport: Transport {
  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    throw TransportError(.connectFailed, "there is no network while a manifest is checked")
  }
}

private struct NoLog: LogSink {
  func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
  func addSecret(_ value: String) {}
  func rateLimited(stream: String) {}
}
