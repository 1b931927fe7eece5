import AirbyteProtocol
import Components
import ConnectorModel
import Engine
import Essentials
import JSON
import Manifest
import Secrets
import YAML

/// Checks manifests: whether the reference takes them, and what is questionable in them.
package struct ManifestChecker: Sendable {
  package struct Options: Sendable {
    /// Which rules speak, but for those that ``levels`` names.
    package var profile = Profile.all
    /// Rules whose warnings are left out.
    package var ignored: Set<String> = []
    /// How loud single rules are, in every profile.
    package var levels: [String: RuleLevel] = [:]
    /// Makes errors of warnings.
    package var isStrict = false
    /// Reports what many places have at each of them, and not at the first one; what a profile only counts becomes notes.
    package var listsEach = false
    /// The user's config, against which the manifest is checked too.
    package var config: GivenConfig?
    /// The components that the manifest may name.
    package var components = ComponentRegistry.standard
    /// The kinds of sources, beside declarative ones, that a manifest may describe.
    package var kinds = SourceKinds()
    /// How custom components are imported and built; nil if they are only looked at as texts.
    package var examination: ComponentExamination.Options?
    /// What the manifest is compared with.
    package var companions: [any ManifestCompanion] = []

    package init() {}

    /// The rules that are not asked at all.
    var silent: Set<String> {
      let absent = companions.isEmpty ? RuleCatalog.ofCompanions.map(\.name) : []
      return ignored.union(levels.filter { $0.value == .off }.keys).union(absent)
    }
  }

  private let pipeline: ManifestPipeline
  private var options: Options

  /// - Throws: `JSONSchemaError` if the bundled schema is invalid.
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

  /// The same checker with every rule that is not turned off, each in every place.
  var withAllRules: ManifestChecker {
    var copy = self
    copy.options.profile = .all
    return copy
  }

  /// Everything that is found in one manifest; less of it where the task is cancelled.
  /// - Parameter folder: where files that the manifest names are looked for.
  package func check(_ source: ManifestSource, name: String, folder: String) async -> ManifestReport {
    if let (root, found) = options.kinds.examine(source) { return report(of: root, found, name) }
    let examination = pipeline.examine(source)
    var list = FindingList()
    for diagnostic in examination.findings { list.add(Finding(diagnostic)) }
    var mask = options.config.map { ConcealedConfig($0.values, specification: nil).mask }
    if let written = examination.written, let root = examination.resolved {
      let subject = Subject(
        written: written, root: root, files: name == "<stdin>" ? .ofStandardInput : .folder(folder),
        hasClass: { [components = options.components] in components.type(ofClass: $0) != nil })
      let concealed = options.config.map { $0.concealed(for: subject) }
      if let concealed { mask = concealed.mask }
      list.mask = mask
      list.listsEach = options.listsEach
      if let manifest = examination.manifest, !Task.isCancelled {
        for diagnostic in await buildErrors(manifest, subject, folder, concealed) { list.add(Finding(diagnostic)) }
        for finding in await componentFindings(manifest, subject) { list.add(finding) }
      }
      if let config = options.config, let concealed { config.check(subject, concealed: concealed, &list) }
      let silent = options.silent
      for rule in RuleCatalog.all where !silent.contains(rule.name) && !Task.isCancelled { list.apply(rule, to: subject) }
      for companion in options.companions where !Task.isCancelled { companion.check(subject, &list) }
    }
    let file = examination.written?.mark?.file
    var findings = settled(list.findings, file)
    if let mask {
      // Most sentences are said of many places.
      var masked: [String: String] = [:]
      for index in findings.indices { findings[index].diagnostic.hide(by: mask, &masked) }
    }
    if let foreign = examination.foreign {
      for index in findings.indices { findings[index].diagnostic = foreign.concealed(findings[index].diagnostic) }
    }
    if let config = options.config, source.isFile(at: config.name) {
      for index in findings.indices { findings[index].diagnostic = findings[index].diagnostic.withoutLines }
    }
    return ManifestReport(name: name, file: file, findings: findings, mask: mask)
  }

  /// What was found in a manifest that is not declarative, to which no rules but those of its kind apply.
  private func report(of root: ManifestNode, _ found: [Diagnostic], _ name: String) -> ManifestReport {
    let mask = options.config.map { ConcealedConfig($0.values, specification: nil).mask }
    let file = root.mark?.file
    var findings = settled(found.map { Finding($0) }, file)
    if let mask {
      var masked: [String: String] = [:]
      for index in findings.indices { findings[index].diagnostic.hide(by: mask, &masked) }
    }
    return ManifestReport(name: name, file: file, findings: findings, mask: mask)
  }

  /// The addresses that the requesters of a manifest have, by their places, as texts with templates.
  func addresses(in source: ManifestSource) -> [String: String?] {
    let examination = pipeline.examine(source)
    guard let written = examination.written, let root = examination.resolved else { return [:] }
    let requesters = Subject(written: written, root: root).components("HttpRequester")
    return Dictionary(requesters.map { ($0.node.path, AddressMigration.joined($0)) }, uniquingKeysWith: { $1 })
  }

  /// Why the reference could not build the manifest's components.
  private func buildErrors(
    _ manifest: Manifest, _ subject: Subject, _ folder: String, _ concealed: ConcealedConfig?
  ) async -> [Diagnostic] {
    func errors(with config: JSONObject) async -> [ConnectorError] {
      await ConnectorProof(
        manifest, config: config, isGiven: concealed != nil, folder: folder, components: options.components, runtime: .offline
      ).errors
    }
    let found = await errors(with: options.config?.values ?? SampleConfig.make(for: subject.specification?.value))
    if found.isEmpty { return [] }
    let diagnosis = BuildDiagnosis(subject)
    // What a made-up config brought about is no fault of the manifest.
    guard let concealed else { return found.filter { !diagnosis.dependsOnConfig($0) }.map(diagnosis.diagnostic) }
    // The sentences may quote what a template makes of the config, so they are those of a config that has no secrets.
    return diagnosis.sentences(for: found, from: await errors(with: concealed.values)).map(diagnosis.diagnostic)
  }

  /// What building the custom components shows.
  private func componentFindings(_ manifest: Manifest, _ subject: Subject) async -> [Finding] {
    guard let examination = options.examination else { return [] }
    let config = options.config?.values ?? SampleConfig.make(for: subject.specification?.value)
    return await ComponentExamination(subject, examination, config: config, isGiven: options.config != nil).findings(in: manifest)
  }

  /// Rules about what may fail while components are built, or else later.
  private static let alsoOfBuilding: Set<String> = [
    CustomComponent.name, DateFormatMismatch.name, TemplateSyntax.name, TemplateVariable.name,
  ]

  /// The findings that are neither ignored nor silenced, as loud as the options say, in the order of the text.
  private func settled(_ findings: [Finding], _ file: SourceFile?) -> [Finding] {
    var suppressions = file.map { Suppressions(of: $0, known: Set(RuleCatalog.silenceable)) }
    var kept = findings.filter { !(suppressions?.silences($0) ?? false) }
    kept += suppressions?.findings(besides: options.silent) ?? []
    // An error about a misspelt key says all that there is to say of the key.
    let mistaken = Set(kept.filter { $0.severity == .error }.compactMap(\.diagnostic.mark))
    kept.removeAll { $0.rule == UnknownKey.name && $0.severity != .error && $0.diagnostic.mark.map(mistaken.contains) == true }
    // Where the building failed for the same reason, that is enough.
    let failed = PathPrefixes(kept.filter { $0.rule == "build" }.map(\.diagnostic.path))
    kept.removeAll { Self.alsoOfBuilding.contains($0.rule) && failed.contain(aPrefixOf: $0.diagnostic.path) }
    return FindingLevels(options).applied(to: kept, in: file).enumerated().sorted { one, other in
      one.element.order == other.element.order ? one.offset < other.offset : one.element.order < other.element.order
    }.map(\.element)
  }
}

extension Finding {
  /// The place in the text, for sorting; what has none comes first.
  fileprivate var order: (Int, Int) { (diagnostic.mark?.line ?? 0, diagnostic.mark?.column ?? 0) }
}

extension Diagnostic {
  /// Leaves out of each sentence what a mask hides. A path is made of names of the manifest alone.
  fileprivate mutating func hide(by mask: SecretMask, _ known: inout [String: String]) {
    func masked(_ text: String) -> String {
      if let done = known[text] { return done }
      let done = mask.masked(text)
      known[text] = done
      return done
    }
    message = masked(message)
    detail = detail.map(masked)
    remedy = remedy?.mapped(masked)
    related = related.map { Related(masked($0.message), at: $0.mark) }
  }
}

/// Paths, of which it can be said quickly whether a text begins with one of them.
private struct PathPrefixes {
  /// In order, none of them with another at its beginning.
  private var paths: [String] = []

  init(_ paths: [String]) {
    for path in paths.filter({ !$0.isEmpty }).sorted() where self.paths.last.map({ !path.hasPrefix($0) }) ?? true {
      self.paths.append(path)
    }
  }

  func contain(aPrefixOf path: String) -> Bool {
    var (low, high) = (0, paths.count)
    while low < high {
      let middle = (low + high) / 2
      if paths[middle] <= path { low = middle + 1 } else { high = middle }
    }
    return low > 0 && path.hasPrefix(paths[low - 1])
  }
}

/// What was found in one manifest.
package struct ManifestReport: Sendable {
  /// The path by which it was named.
  package let name: String
  /// Its text; nil if it could not be read.
  package let file: SourceFile?
  package let findings: [Finding]
  /// Hides the config's secrets in the lines of the manifest; nil if no config was given.
  var mask: SecretMask?
  /// What is said where nothing was found, as the name of a test.
  private(set) var success = "is valid"

  /// What was found elsewhere than in the text of a manifest.
  /// - Parameter success: what is said where nothing was found.
  package init(name: String, findings: [Finding], success: String) {
    self.init(name: name, file: nil, findings: findings)
    self.success = success
  }

  init(name: String, file: SourceFile?, findings: [Finding], mask: SecretMask? = nil) {
    self.name = name
    self.file = file
    self.findings = findings
    self.mask = mask
  }

  /// Whether the file could not be read at all.
  package var isUnread: Bool { findings.contains { $0.rule == "file" } }
  package var errorCount: Int { findings.count { $0.severity == .error } }
  /// The number of places in which something was found.
  var placeCount: Int { findings.reduce(0) { $0 + $1.count } }
  package var warningCount: Int { findings.count { $0.severity == .warning } }
}

extension RuntimeEnvironment {
  /// Surroundings without a network, in which nothing is logged: for building components without using them.
  static let offline = offline([:])

  /// - Parameter environment: the variables that are seen.
  static func offline(_ environment: [String: String]) -> RuntimeEnvironment {
    RuntimeEnvironment(
      now: { Int64(Date().timeIntervalSince1970 * 1_000_000) }, sleep: { _ in }, random: { 0.5 }, transport: NoTransport(),
      log: NoLog(), environment: environment)
  }
}

private struct NoTransport: Transport {
  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    throw TransportError(.connectFailed, "there is no network while a manifest is checked")
  }
}

private struct NoLog: Log, RunEvents {
  func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
}
