import ConnectorModel
import Engine
import Essentials
import JSON
import Manifest
import Validation
import YAML

/// Finds what is wrong in an open document, as `validate` does in a file.
struct DocumentChecker: Sendable {
  private let checker: ManifestChecker
  private let components: ComponentRegistry
  /// The kinds of sources that manifests may be of, beside declarative ones.
  let kinds: SourceKinds
  private let workingFolder: String

  /// - Throws: `JSONSchemaError` if the bundled schema is invalid.
  init(components: ComponentRegistry, kinds: SourceKinds = SourceKinds(), workingFolder: String) throws {
    checker = try ManifestChecker()
    self.components = components
    self.kinds = kinds
    self.workingFolder = workingFolder
  }

  struct Report: Sendable {
    var findings: [Finding] = []
    var isYAML = true
    /// What keeps the settings of the project from being read.
    var settingsError: String?
  }

  func check(_ snapshot: Snapshot) async -> Report {
    var report = Report()
    guard isManifest(snapshot) else { return report }
    guard let checker = checker(for: snapshot, listsEach: true, &report) else { return report }
    let (name, folder) = Self.place(of: snapshot)
    report.findings = await checker.check(.text(snapshot.text.bytes, name: name), name: name, folder: folder).findings
    report.isYAML = !report.findings.contains { $0.rule == "yaml" }
    return report
  }

  /// The text with all fixes that are safe; nil if there is none to make.
  func mended(_ snapshot: Snapshot) async -> [UInt8]? {
    var report = Report()
    guard isManifest(snapshot), let checker = checker(for: snapshot, listsEach: false, &report) else { return nil }
    let (name, folder) = Self.place(of: snapshot)
    let outcome = await ManifestFixer(checker).mended(snapshot.text.bytes, name: name, folder: folder)
    return outcome.count > 0 ? outcome.bytes : nil
  }

  /// Whether a document is to be checked: editors open other YAML with the same server.
  private func isManifest(_ snapshot: Snapshot) -> Bool {
    let name = snapshot.path.map { $0.lastPathPart } ?? ""
    let outline = snapshot.outline
    return ["manifest.yaml", "manifest.yml"].contains(name) || ManifestOutline(outline).isManifest
      || outline.string("type", of: outline.root).map { kinds[$0] != nil } ?? false
  }

  /// Nil for a document that the settings of its project leave out.
  private func checker(for snapshot: Snapshot, listsEach: Bool, _ report: inout Report) -> ManifestChecker? {
    var options = ManifestChecker.Options()
    options.profile = .default
    options.listsEach = listsEach
    options.components = components
    options.kinds = kinds
    if let path = snapshot.path {
      do throws(SettingsError) {
        var finder = SettingsFinder(workingFolder: workingFolder)
        if let settings = try finder.settings(for: path) {
          if settings.ignores(path) { return nil }
          options.levels = settings.levels
          options.profile = settings.profile ?? .default
        }
      } catch {
        report.settingsError = error.description
      }
    }
    return checker.with(options)
  }

  /// A document that is no file has no folder, as a manifest from standard input has none.
  private static func place(of snapshot: Snapshot) -> (name: String, folder: String) {
    guard let path = snapshot.path else { return ("<stdin>", ".") }
    return (path, path.parentPath)
  }
}

extension Finding {
  /// The bytes that it is about; the first line where no place is known.
  func range(in snapshot: Snapshot) -> Range<Int> {
    guard let mark = diagnostic.mark, let range = Self.range(of: mark, in: snapshot) else {
      return 0..<snapshot.text.endOfLine(0)
    }
    return range
  }

  static func range(of mark: SourceMark, in snapshot: Snapshot) -> Range<Int>? {
    mark.file.offset(of: mark).map { snapshot.outline.token(at: $0) }
  }

  /// As the protocol has it.
  func json(in snapshot: Snapshot) -> JSONValue {
    var json: JSONObject = [
      "range": snapshot.text.json(range(in: snapshot)), "severity": .int(severityCode), "code": .string(rule),
      "source": "airbyte-lowcode",
      "message": .string([diagnostic.sentence, diagnostic.detail].compactMap { $0 }.joined(separator: "\n")),
    ]
    let file = diagnostic.mark?.file
    let related = diagnostic.related.compactMap { related -> JSONValue? in
      guard let mark = related.mark, mark.file === file, let range = Self.range(of: mark, in: snapshot) else { return nil }
      let location: JSONValue = ["uri": .string(snapshot.uri), "range": snapshot.text.json(range)]
      return ["location": location, "message": .string(related.message)]
    }
    if !related.isEmpty { json["relatedInformation"] = .array(related) }
    if rule.hasPrefix("unused-") { json["tags"] = [1] } else if rule == "deprecated-property" { json["tags"] = [2] }
    return .object(json)
  }

  private var severityCode: Int {
    switch severity {
    case .error: 1
    case .warning: 2
    case .note: 4
    }
  }
}
