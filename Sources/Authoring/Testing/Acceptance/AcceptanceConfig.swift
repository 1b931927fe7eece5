import AirbyteProtocol
import ConnectorModel
import Essentials
import JSON
import Manifest
import YAML

/// What an `acceptance-test-config.yml` asks for, in the form of the retired Connector Acceptance Tests or in the one that
/// `airbyte_cdk.test` reads today.
package struct AcceptanceConfig: Sendable {
  /// The name of such a file.
  package static let usualName = "acceptance-test-config.yml"

  enum Section: String, Sendable, CaseIterable {
    case spec, connection, discovery
    case basicRead = "basic_read"
    case fullRefresh = "full_refresh"
    case incremental
    case attributes = "connector_attributes"
    case documentation = "connector_documentation"
  }

  /// One entry of a section.
  struct Entry: Sendable {
    let section: Section
    let node: ManifestNode

    var configPath: String? { node["config_path"]?.string }
    var catalogPath: String? { node["configured_catalog_path"]?.string }
    /// Whether the config is in a folder of secrets, which not everybody has.
    var needsSecrets: Bool { configPath?.split(separator: "/").contains("secrets") ?? false }
    var emptyStreams: Set<String> { Set((node["empty_streams"]?.sequence ?? []).compactMap { $0["name"]?.string ?? $0.string }) }
  }

  package let path: String
  let root: ManifestNode
  let entries: [Entry]
  /// The sections that are left out, each with the reason.
  let bypassed: [(section: Section, reason: ManifestNode)]
  let isStrict: Bool
  /// The keys that `airbyte_cdk.test` refuses, though this program knows them.
  let refused: [TestFailure]

  /// - Throws: ``ManifestError`` with the places of everything that is wrong, ``ConnectorError`` if the file cannot be read.
  package init(path: String) throws {
    try self.init(path: path, bytes: try TestInput.bytes(of: path))
  }

  init(path: String, bytes: [UInt8]) throws {
    self.path = path
    let document: YAMLDocument
    do { document = try YAMLDocument(parsing: bytes, file: path) } catch { throw ManifestError(Diagnostic(error)) }
    let root = ManifestNode(try YAMLConversion.value(document.root))
    self.root = root
    isStrict = root["test_strictness_level"]?.string == "high"
    // Before version 0.2.12 of those tests, the lists of entries stood below `tests`.
    guard let sections = root["acceptance_tests"] ?? root["tests"], sections.isMapping else {
      throw Self.error("The file needs `acceptance_tests`, with a section such as `basic_read`", at: root)
    }
    var problems: [Diagnostic] = []
    var entries: [Entry] = []
    var bypassed: [(section: Section, reason: ManifestNode)] = []
    var refused: [TestFailure] = []
    for (name, node) in sections.entries ?? [] {
      guard let section = Section(rawValue: name) else {
        problems.append(
          Self.diagnostic(
            "There is no section `\(name)`", at: node.keyMark ?? node.mark,
            NameSuggestion.nearest(to: name, among: Section.allCases.map(\.rawValue)).map(Remedy.name)))
        continue
      }
      if let reason = node["bypass_reason"], node["tests"] == nil { bypassed.append((section, reason)) }
      guard let list = node.sequence ?? node["tests"]?.sequence else {
        if node["bypass_reason"] == nil, !node.isNull {
          problems.append(
            Self.diagnostic("The section `\(name)` needs `tests` or a `bypass_reason`", at: node.keyMark ?? node.mark))
        }
        continue
      }
      for node in list {
        let entry = Entry(section: section, node: node)
        problems += AcceptanceKeys.problems(of: entry)
        refused += AcceptanceKeys.refused(in: entry)
        entries.append(entry)
      }
    }
    guard problems.isEmpty else { throw ManifestError(problems) }
    self.entries = entries
    self.bypassed = bypassed
    self.refused = refused
  }

  private static func error(_ message: String, at node: ManifestNode) -> ManifestError {
    ManifestError(diagnostic(message, at: node.mark))
  }

  static func diagnostic(_ message: String, at mark: SourceMark?, _ remedy: Remedy? = nil) -> Diagnostic {
    Diagnostic(.error, rule: "acceptance", message, at: mark, failureType: .config, remedy: remedy)
  }
}
