import ConnectorModel
import Engine
import Essentials
import Manifest
import Validation

/// Checks manifests as `airbyte-lowcode validate` does: what is wrong, and what is questionable.
///
/// ```swift
/// for finding in await ManifestChecker().check(contentsOf: "manifest.yaml") where finding.severity == .error {
///   print(finding)
/// }
/// ```
public struct ManifestChecker: Sendable {
  private var options = Validation.ManifestChecker.Options()

  /// - Parameters:
  ///   - components: what manifests may name; the classes among them are not reported as unknown.
  ///   - ignored: rules whose warnings are left out, as `unused-definition`.
  ///   - sources: the sources in Swift that manifests may be of.
  public init(
    components: ComponentRegistry = .standard, ignoring ignored: Set<String> = [], sources: SourceTypes = SourceTypes()
  ) {
    options.kinds = sources.all
    options.components = components
    options.ignored = ignored
  }

  /// Everything that is found in a file, in the order of its lines. What cannot be read is a finding too.
  public func check(contentsOf path: String) async -> [Finding] {
    await check(.file(path: path), name: path, folder: path.parentPath)
  }

  /// Everything that is found in a text, in the order of its lines.
  /// - Parameters:
  ///   - name: what locations call the text.
  ///   - folder: where files that the manifest names are looked for.
  public func check(text: String, name: String = "manifest.yaml", folder: String = ".") async -> [Finding] {
    await check(.text(Array(text.utf8), name: name), name: name, folder: folder)
  }

  private func check(_ source: ManifestSource, name: String, folder: String) async -> [Finding] {
    do {
      let checker = try Validation.ManifestChecker(options)
      return await checker.check(source, name: name, folder: folder.isEmpty ? "." : folder).findings.map(Finding.init)
    } catch {
      return [Finding(Validation.Finding(Diagnostic(.error, rule: "schema", "the bundled schema cannot be used: \(error)")))]
    }
  }
}

/// Something that was found in a manifest.
public struct Finding: Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and where: location, rule, severity, message, remedy.
  public let diagnostic: Diagnostic
  /// Changes of the text that remove the finding and nothing else; empty if an author has to decide.
  public let fix: [Edit]
  /// How many places the finding is about.
  public let count: Int

  /// Other text in place of a part of a manifest.
  public struct Edit: Sendable, Hashable {
    /// The bytes of the text, in UTF-8, that are replaced.
    public let range: Range<Int>
    /// What takes their place.
    public let replacement: String
  }

  init(_ finding: Validation.Finding) {
    diagnostic = finding.diagnostic
    fix = finding.fix.map { Edit(range: $0.range, replacement: $0.replacement) }
    count = finding.count
  }

  /// The rule that found it, as in `unused-definition`.
  public var rule: String { diagnostic.rule }
  /// How serious it is.
  public var severity: Diagnostic.Severity { diagnostic.severity }
  /// What is wrong.
  public var message: String { diagnostic.message }
  /// What helps.
  public var remedy: Remedy? { diagnostic.remedy }
  /// Where in the text it is; nil if it is about the whole, or the text could not be read.
  public var location: SourceMark? { diagnostic.mark }
  /// Where in the manifest it is, as in `streams[3].retriever`; empty at its root.
  public var path: String { diagnostic.path }

  /// `manifest.yaml:12:7: error: sentence (path)`: one line.
  public var description: String { diagnostic.description }
}
